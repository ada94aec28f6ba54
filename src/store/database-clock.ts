// The database's time, for processes that share it: leases and retries mean the same to all of them, whatever their own clocks say (case O04).

import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Database } from './database.ts'

/** Less is the time that the question takes. */
const WORTH_MS = 2_000
const MEASURE_EVERY_MS = 60_000

export type DatabaseClock = { readonly clock: Clock; readonly stop: () => void }

/** Measured at the start and each minute, so that a clock that is set right meanwhile is right here too. */
export const followDatabase = async (own: Clock, db: Database, log: Log): Promise<DatabaseClock> => {
  let aheadMs = 0
  const measure = async (): Promise<void> => {
    const before = own.now().getTime()
    const { rows: [row] } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db)
    const found = (row?.at.getTime() ?? before) - (before + own.now().getTime()) / 2
    const next = Math.abs(found) < WORTH_MS ? 0 : found
    if (Math.abs(next - aheadMs) < WORTH_MS) return
    aheadMs = next
    log.warn({ seconds: Math.round(next / 1_000) }, 'the clock of this machine and that of the database differ; the database is followed')
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
    clock: { ...own, now: () => (aheadMs === 0 ? own.now() : new Date(own.now().getTime() + aheadMs)) },
    stop: () => {
      stopped = true
      own.clearTimeout(timer)
    },
  }
}
