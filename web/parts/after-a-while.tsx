// Shows what it holds only when the wait is longer than 150 ms: shorter ones should not flicker.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

export function AfterAWhile({ children }: { readonly children: ComponentChildren }) {
  const due = useSignal(false)
  useEffect(() => {
    const timer = setTimeout(() => {
      due.value = true
    }, 150)
    return () => clearTimeout(timer)
  }, [])
  return due.value ? <>{children}</> : null
}
