// The database's time, for processes that share it: leases and retries mean the same to all of them, whatever their own clocks say (case O04),
// and whatever an administrator or a time server does to them meanwhile (case F16).

import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Database } from './database.ts'

/** Less is the time that the question takes. */
const WORTH_MS = 2_000
const MEASURE_EVERY_MS = 60_000

export type DatabaseClock = { readonly clock: Clock; readonly stop: () => void }

/** A moment that was right: what has passed since is told by a clock that nobody can set. */
type Anchor = { readonly at: number; readonly wall: number; readonly steady: number }

/**
 * Measured at the start, each minute, and as soon as this machine's clock is seen to have been set or to have slept: until that is answered,
 * time goes on as if nothing had happened. @param steady milliseconds that only grow (CLOCK_MONOTONIC)
 */
export const followDatabase = async (own: Clock, db: Database, log: Log, steady: () => number = () => performance.now()): Promise<DatabaseClock> => {
  const here = (): Anchor => {
    const wall = own.now().getTime()
    return { at: wall, wall, steady: steady() }
  }
  let anchor = here()
  let aheadMs = 0
  let measuring: Promise<void> | undefined
  let triedAt = -Infinity
  const now = (): number => anchor.at + steady() - anchor.steady
  const wasSet = (): boolean => Math.abs(own.now().getTime() - anchor.wall - (steady() - anchor.steady)) >= WORTH_MS

  const ask = async (): Promise<void> => {
    triedAt = steady()
    const before = steady()
    const { rows: [row] } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db)
    const after = here()
    const told = (row?.at.getTime() ?? after.wall) + (after.steady - before) / 2
    const found = Math.abs(told - after.wall) < WORTH_MS ? 0 : told - after.wall
    const right = after.wall + found
    // A few milliseconds are not worth a step.
    anchor = Math.abs(right - now()) < WORTH_MS ? { ...after, at: now() } : { ...after, at: right }
    if (Math.abs(found - aheadMs) < WORTH_MS) return
    aheadMs = found
    log.warn({ seconds: Math.round(found / 1_000) }, 'the clock of this machine and that of the database differ; the database is followed')
  }
  const measure = (): Promise<void> => {
    measuring ??= ask().finally(() => { measuring = undefined })
    return measuring
  }

  await measure()
  let stopped = false
  let timer: ReturnType<Clock['setTimeout']> | undefined
  const again = (): void => {
    if (stopped) return
    timer = own.setTimeout(() => void measure().catch(() => {}).finally(again), MEASURE_EVERY_MS)
    timer.unref()
  }
  again()
  return {
    clock: {
      ...own,
      now: () => {
        if (!stopped && !measuring && steady() - triedAt >= WORTH_MS && wasSet()) void measure().catch(() => {})
        return new Date(now())
      },
    },
    stop: () => {
      stopped = true
      own.clearTimeout(timer)
    },
  }
}
