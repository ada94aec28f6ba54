// How long the queue may get (BURNBOX_QUEUE_MESSAGES): over it new mail stays with its senders, whose queues are made for that.

import { sql } from 'kysely'
import type { Database } from '../store/database.ts'
import type { Host } from './host.ts'

/** The sender keeps the message: 452 4.3.1. */
export class NoRoom extends Error {}

/** Counting 100,000 rows takes 10 ms, so it is done once a second, and only while mail is queued; between, our own are added. */
const COUNT_EVERY_MS = 1_000

type Gauge = { countedAt: number; queued: number; counting: Promise<void> | undefined }
const gauges = new WeakMap<Database, Gauge>()

export const roomInQueue = async (host: Host, deliveries: number): Promise<void> => {
  const gauge = gauges.get(host.db) ?? { countedAt: -Infinity, queued: 0, counting: undefined }
  gauges.set(host.db, gauge)
  const now = host.clock.now().getTime()
  if (now - gauge.countedAt >= COUNT_EVERY_MS) {
    gauge.counting ??= count(host, gauge, now).finally(() => { gauge.counting = undefined })
    await gauge.counting
  }
  if (gauge.queued >= host.config.queueMessages) throw new NoRoom('the queue is over its limit')
  gauge.queued += deliveries
}

const count = async (host: Host, gauge: Gauge, now: number): Promise<void> => {
  const { rows } = await sql<{ queued: number }>`
    select count(*)::int as queued from (select 1 from deliveries limit ${host.config.queueMessages}) q`.execute(host.db)
  gauge.queued = rows[0]!.queued
  gauge.countedAt = now
}
