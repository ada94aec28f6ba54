// The health of one next hop. One that timed out, refused the connection or said 421 is left alone for 30 s (doubling to 10 min), by the
// queue as well as while a sender waits: its mail lies in the queue, and then one probe at a time finds out whether it is back.

import type { Clock } from '../clock.ts'

const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 600_000

/** 'nothing': the attempt ended without a word about the next hop, because we gave it up or had no connection for it. */
export type Health = 'well' | 'trouble' | 'nothing'

export type NextHop = {
  /** Undefined: not now. An attempt that is let in says how it went; only the first word counts. */
  readonly admit: () => ((health: Health) => void) | undefined
  /** How many of `free` connections new attempts from the queue may use. */
  readonly room: (free: number) => number
  /** Until the next probe may go out. */
  readonly pausedMs: () => number
  /** Ends the pause, not the trouble: a probe may go out at once. */
  readonly probeNow: () => void
}

export const createNextHop = (clock: Clock): NextHop => {
  let pauseMs = 0
  let pausedUntil = 0
  let probing = false
  // Never longer than it was meant to be, should the clock be set back (case F16).
  const pausedFor = (): number => (pauseMs === 0 ? 0 : Math.min(pauseMs, Math.max(0, pausedUntil - clock.now().getTime())))
  return {
    pausedMs: pausedFor,
    probeNow: () => { pausedUntil = 0 },
    room: (free) => (pauseMs === 0 ? free : probing || pausedFor() > 0 ? 0 : Math.min(1, free)),
    admit: () => {
      const probe = pauseMs > 0
      if (probe && (probing || pausedFor() > 0)) return undefined
      if (probe) probing = true
      let reported = false
      return (health) => {
        if (reported) return
        reported = true
        if (probe) probing = false
        switch (health) {
          case 'nothing':
            // A probe that learnt nothing must not be followed by the next one at once.
            if (probe) pausedUntil = clock.now().getTime() + pauseMs
            return
          case 'well':
            pauseMs = 0
            return
          case 'trouble':
            // Attempts that were under way when it went down all report it: only the first of them and each probe count.
            if (pauseMs > 0 && !probe) return
            pauseMs = Math.min(pauseMs === 0 ? FIRST_PAUSE_MS : pauseMs * 2, LONGEST_PAUSE_MS)
            pausedUntil = clock.now().getTime() + pauseMs
        }
      }
    },
  }
}
