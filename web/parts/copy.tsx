// One click copies. The check and the live region say that it is done.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { copyText } from '../copy-text.ts'
import { say } from '../say.ts'
import { AddressText } from './address-text.tsx'
import { Icon } from './icon.tsx'

const doneMs = 2000

/** Copies, says so, and is `done` for two seconds. */
export function useCopy(text: string) {
  const done = useSignal(false)
  useEffect(() => {
    if (!done.value) return
    const timer = setTimeout(() => {
      done.value = false
    }, doneMs)
    return () => clearTimeout(timer)
  }, [done.value])
  const copy = async () => {
    done.value = await copyText(text)
    say(done.value ? `Copied ${text}` : 'Not copied: this browser does not allow it. Select the text and copy it by hand.')
  }
  return { done: done.value, copy }
}

export function CopyAddress({ address, shown = false }: { readonly address: string; readonly shown?: boolean }) {
  const { done, copy } = useCopy(address)
  return (
    <button
      class={`copy${shown ? ' copy-shown' : ''}${done ? ' is-done' : ''}`}
      type="button"
      aria-label={`Copy ${address}`}
      data-copy={address}
      onClick={copy}
    >
      <AddressText address={address} />
      <Icon name={done ? 'check' : 'copy'} />
    </button>
  )
}

/** `what` is said to who does not see what it stands beside. */
export function CopyButton({ text, what, primary = false }: { readonly text: string; readonly what?: string; readonly primary?: boolean }) {
  const { done, copy } = useCopy(text)
  return (
    <button class={primary ? 'btn btn-primary' : 'btn'} type="button" onClick={copy}>
      <Icon name={done ? 'check' : 'copy'} />
      {done ? 'Copied' : 'Copy'}
      {what && <span class="vh"> {what}</span>}
    </button>
  )
}
