// The health of one next hop. One that timed out, refused the connection or said 421 is not tried while a sender waits
// for 30 s (doubling to 10 min); its mail goes straight to the queue, and one probe at a time finds out when it is back.

import type { Clock } from '../clock.ts'

const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 600_000

export type NextHop = {
  /** May an attempt begin? An admitted one must end with `report`. */
  readonly admit: (inline: boolean) => boolean
  readonly report: (trouble: boolean) => void
  readonly inTrouble: () => boolean
}

export const createNextHop = (clock: Clock): NextHop => {
  let pauseMs = 0
  let pausedUntil = 0
  let probing = false
  return {
    inTrouble: () => pauseMs > 0,
    admit: (inline) => {
      if (pauseMs === 0) return true
      if (probing || (inline && clock.now().getTime() < pausedUntil)) return false
      probing = true
      return true
    },
    report: (trouble) => {
      const probe = probing
      probing = false
      if (!trouble) {
        pauseMs = 0
        return
      }
      // Attempts that were under way when it went down all report it: only the first of them and each probe count.
      if (pauseMs > 0 && !probe) return
      pauseMs = Math.min(pauseMs === 0 ? FIRST_PAUSE_MS : pauseMs * 2, LONGEST_PAUSE_MS)
      pausedUntil = clock.now().getTime() + pauseMs
    },
  }
}
