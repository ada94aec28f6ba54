// The health of one next hop. One that timed out, refused the connection or said 421 is not tried while a sender waits
// for 30 s (doubling to 10 min); its mail goes straight to the queue, and one probe at a time finds out when it is back.

import type { Clock } from '../clock.ts'

const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 600_000

/** 'nothing': the attempt ended without a word about the next hop, because we gave it up or had no connection for it. */
export type Health = 'well' | 'trouble' | 'nothing'

export type NextHop = {
  /** Undefined: not now. An attempt that is let in says how it went; only the first word counts. */
  readonly admit: (inline: boolean) => ((health: Health) => void) | undefined
  /** How many of `free` connections new attempts from the queue may use. */
  readonly room: (free: number) => number
}

export const createNextHop = (clock: Clock): NextHop => {
  let pauseMs = 0
  let pausedUntil = 0
  let probing = false
  return {
    room: (free) => (pauseMs === 0 ? free : probing ? 0 : Math.min(1, free)),
    admit: (inline) => {
      const probe = pauseMs > 0
      if (probe && (probing || (inline && clock.now().getTime() < pausedUntil))) return undefined
      if (probe) probing = true
      let reported = false
      return (health) => {
        if (reported) return
        reported = true
        if (probe) probing = false
        switch (health) {
          case 'nothing': return
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
