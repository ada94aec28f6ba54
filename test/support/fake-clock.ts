// A Clock that stands still until the test moves it. Timers run in the order in which they are due, with the time that they asked for.
import type { Clock, Timer } from '../../src/clock.ts'

export type FakeClock = Clock & {
  /** Moves on, running what falls due; what a timer starts gets a turn of the event loop before the next one runs. */
  advance(milliseconds: number): Promise<void>
  readonly pending: number
}

type Waiting = Timer & { readonly due: number; readonly run: () => void }

export function createFakeClock(start: Date = new Date('2026-01-01T00:00:00Z')): FakeClock {
  const waiting = new Set<Waiting>()
  let now = start.getTime()

  function next(until: number): Waiting | undefined {
    return [...waiting].filter((timer) => timer.due <= until).sort((a, b) => a.due - b.due)[0]
  }

  return {
    now: () => new Date(now),
    setTimeout(run, milliseconds) {
      const timer: Waiting = { due: now + Math.max(0, milliseconds), run, unref: () => timer }
      waiting.add(timer)
      return timer
    },
    clearTimeout(timer) {
      waiting.delete(timer as Waiting)
    },
    async advance(milliseconds) {
      const until = now + milliseconds
      for (let timer = next(until); timer; timer = next(until)) {
        waiting.delete(timer)
        now = Math.max(now, timer.due)
        timer.run()
        await new Promise((resolve) => setImmediate(resolve))
      }
      now = until
    },
    get pending() {
      return waiting.size
    },
  }
}
