// The leases that this process holds, renewed together every 20 s for as long as their work goes on.

import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Database } from './database.ts'
import { RENEW_MS, renewLeases } from './deliveries.ts'

export type Leases = {
  /** Returns the function that stops renewing. */
  readonly keep: (id: bigint, leaseToken: bigint) => () => void
  readonly held: () => number
  /** Now, instead of at the next tick. Never rejects. */
  readonly renew: () => Promise<void>
}

export const createLeases = (db: Database, clock: Clock, log: Log): Leases => {
  // A delivery may be kept twice while it is handed over from the one who sends to the one who waits.
  const held = new Set<{ readonly id: bigint; readonly leaseToken: bigint }>()
  let timer: ReturnType<Clock['setTimeout']> | undefined

  const renew = async (): Promise<void> => {
    if (held.size === 0) return
    try {
      await renewLeases(db, [...held], clock.now())
    } catch (error) {
      log.warn({ err: error }, 'leases could not be renewed')
    }
  }
  const schedule = (): void => {
    if (held.size === 0) return
    timer ??= clock.setTimeout(() => {
      timer = undefined
      void renew().then(schedule)
    }, RENEW_MS)
    timer.unref()
  }

  return {
    keep: (id, leaseToken) => {
      const lease = { id, leaseToken }
      held.add(lease)
      schedule()
      return () => void held.delete(lease)
    },
    held: () => held.size,
    renew,
  }
}
