// One request that a form or a button sends: whether it is under way, and the sentence with which it failed.
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'

export function useSending() {
  const busy = useSignal(false)
  const wrong = useSignal<string | undefined>(undefined)
  /** True when it went through. */
  async function send(request: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    wrong.value = undefined
    try {
      await request()
      return true
    } catch (error) {
      wrong.value = error instanceof Error ? error.message : 'The server could not do this.'
      return false
    } finally {
      busy.value = false
    }
  }
  const last = useRef<Promise<unknown>>(Promise.resolve())
  /** For what is kept as soon as it is changed: it waits for the change before, instead of being dropped. */
  function sendInTurn(request: () => Promise<void>): Promise<boolean> {
    const done = last.current.then(() => send(request))
    last.current = done
    return done
  }
  return { busy, wrong, send, sendInTurn }
}
