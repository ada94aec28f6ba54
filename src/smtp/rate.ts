// How often something may happen: so many times at once, so many an hour. Kept in memory, by process.

import type { Clock } from '../clock.ts'

export type Rate = {
  readonly isSpent: (key: string | number) => boolean
  readonly take: (key: string | number) => void
}

const HOUR_MS = 3_600_000
/** About 100 octets each. Beyond it whoever has waited longest starts anew: a flood of keys costs no memory. */
const MOST_KEYS = 20_000

export const createRate = (limit: { readonly burst: number; readonly anHour: number }, clock: Clock): Rate => {
  const used = new Map<string | number, { readonly count: number; readonly at: number }>()
  const countOf = (key: string | number): number => {
    const entry = used.get(key)
    return entry === undefined ? 0 : Math.max(0, entry.count - ((clock.now().getTime() - entry.at) / HOUR_MS) * limit.anHour)
  }
  return {
    isSpent: (key) => countOf(key) > limit.burst - 1,
    take: (key) => {
      const count = countOf(key) + 1
      used.delete(key)
      used.set(key, { count, at: clock.now().getTime() })
      if (used.size > MOST_KEYS) used.delete(used.keys().next().value!)
    },
  }
}
