// The row that the keys speak of: j and k move it, Enter, c and b act on it.
import { signal } from '@preact/signals'

export const cursor = signal<string | undefined>(undefined)

export const rowOf = (id: string) => document.querySelector<HTMLElement>(`.row[data-id="${CSS.escape(id)}"]`)

/** Moves among the rows that are drawn; rows far outside of the window are not, and the cursor never stands on one of them. */
export function moveCursor(by: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('.row[data-id]')]
  const at = rows.findIndex((row) => row.dataset.id === cursor.value)
  const row = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]
  if (!row) return
  cursor.value = row.dataset.id
  row.querySelector<HTMLElement>('.c-name a')?.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
}
