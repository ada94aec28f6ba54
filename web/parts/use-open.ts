// Something that is open or closed: a form, a dialog, the rest of a line.
import { useSignal } from '@preact/signals'

export function useOpen(first = false) {
  const is = useSignal(first)
  const turn = (to: boolean) => () => {
    is.value = to
  }
  return { open: is.value, show: turn(true), close: turn(false), toggle: turn(!is.value) }
}
