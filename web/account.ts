// The account as it was last read: its figures beside the filters and in the top, its limits in Holding.
import { signal } from '@preact/signals'
import { me, type Me } from './api.ts'

export const account = signal<Me | undefined>(undefined)

let timer: ReturnType<typeof setTimeout> | undefined

/** Figures follow a change after a moment; several changes in a row ask once. */
export function refreshAccount(afterMs = 0) {
  clearTimeout(timer)
  timer = setTimeout(() => {
    me().then(
      (now) => {
        account.value = now
      },
      () => {},
    )
  }, afterMs)
}
