// One request that a form or a button sends: whether it is under way, and the sentence with which it failed.
import { useSignal } from '@preact/signals'

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
  return { busy, wrong, send }
}
