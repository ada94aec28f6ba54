// Lines of activity as events: all lines of one message on its way to one inbox are one event, told by its latest line.
import type { Activity } from '../api.ts'

export type Happened = { readonly latest: Activity; /** From the first line to the latest. */ readonly way: readonly Activity[] }

/** `lines` with the newest first, as the server gives them. */
export function happened(lines: readonly Activity[]): readonly Happened[] {
  const events = new Map<string, Activity[]>()
  for (const line of lines) {
    const name = line.delivery_id === null ? `line ${line.id}` : `delivery ${line.delivery_id}`
    const known = events.get(name)
    if (known) known.unshift(line)
    else events.set(name, [line])
  }
  return [...events.values()].map((way) => ({ latest: way.at(-1)!, way }))
}
