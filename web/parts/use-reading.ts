// One thing read from the server for as long as a page shows it.
import { useSignal, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

export type Reading<T> =
  { readonly kind: 'waiting' } | { readonly kind: 'there'; readonly value: T } | { readonly kind: 'failed'; readonly error: unknown }

export type UseReading<T> = { readonly state: Signal<Reading<T>>; readonly again: () => void }

export function useReading<T>(read: (signal: AbortSignal) => Promise<T>, on: readonly unknown[]): UseReading<T> {
  const state = useSignal<Reading<T>>({ kind: 'waiting' })
  const times = useSignal(0)
  useEffect(() => {
    state.value = { kind: 'waiting' }
  }, on)
  useEffect(() => {
    const ends = new AbortController()
    read(ends.signal).then(
      (value) => {
        if (!ends.signal.aborted) state.value = { kind: 'there', value }
      },
      (error: unknown) => {
        if (!ends.signal.aborted) state.value = { kind: 'failed', error }
      },
    )
    return () => ends.abort()
  }, [...on, times.value])
  return {
    state,
    again: () => {
      times.value += 1
    },
  }
}
