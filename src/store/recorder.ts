// Gathers what the cut-through path has to note and writes it in batches: a commit for each message would cost more than
// the message. A kill -9 may lose the lines of the last 200 ms, never a message.

import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { addCounts, insertActivity, type ActivityLine, type Count } from './activity.ts'
import type { Database } from './database.ts'

const FLUSH_AFTER_MS = 200
const FLUSH_LINES = 2_000
/** While the database is away lines wait in memory, but not without end: 200 bytes each, so 20 MB. */
const KEEP_LINES = 100_000

export type Recorder = {
  /** An activity line that no transaction carries. */
  readonly note: (line: ActivityLine) => void
  readonly count: (what: 'delivered' | 'held' | 'replied', alias: { readonly accountId: string; readonly id: number }, at: Date) => void
  /** Writes what is gathered; at shutdown, and in tests. */
  readonly flush: () => Promise<void>
}

export const createRecorder = (db: Database, clock: Clock, log: Log): Recorder => {
  let lines: ActivityLine[] = []
  let counts = new Map<number, Count>()
  let timer: ReturnType<Clock['setTimeout']> | undefined
  let writing: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    timer = undefined
    if (lines.length === 0 && counts.size === 0) return
    const nowLines = lines
    const nowCounts = counts
    lines = []
    counts = new Map()
    try {
      await db.transaction().execute(async (tx) => {
        await insertActivity(tx, nowLines)
        await addCounts(tx, [...nowCounts.values()])
      })
    } catch (error) {
      log.warn({ err: error, lines: nowLines.length }, 'activity could not be written, trying again')
      lines = nowLines.concat(lines).slice(-KEEP_LINES)
      for (const count of nowCounts.values()) add(count)
      schedule(1_000)
    }
  }

  // One write at a time: a second one could overtake the first and lock the same rows.
  const flush = (): Promise<void> => (writing = writing.then(write))

  const schedule = (ms = FLUSH_AFTER_MS): void => {
    timer ??= clock.setTimeout(() => void flush(), ms)
  }

  const add = (count: Count): void => {
    const have = counts.get(count.aliasId)
    counts.set(count.aliasId, have ? {
      ...have,
      delivered: have.delivered + count.delivered, held: have.held + count.held, replied: have.replied + count.replied,
      lastMessageAt: have.lastMessageAt > count.lastMessageAt ? have.lastMessageAt : count.lastMessageAt,
    } : count)
  }

  return {
    note: (line) => {
      lines.push(line)
      if (lines.length === FLUSH_LINES) void flush()
      schedule()
    },
    count: (what, alias, at) => {
      add({ accountId: alias.accountId, aliasId: alias.id, delivered: 0, held: 0, replied: 0, lastMessageAt: at, [what]: 1 })
      schedule()
    },
    flush,
  }
}
