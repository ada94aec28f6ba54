// Runs something in one process of all that share the database, or not at all.

import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** The lock lives as long as its connection: a killed process never leaves it behind. */
export const onlyHere = (db: Database, name: string, work: () => Promise<void>): Promise<void> =>
  db.connection().execute(async (connection) => {
    const key = createHash('sha256').update(`burnbox ${name}`).digest().readBigInt64BE().toString()
    const { rows: [row] } = await sql<{ mine: boolean }>`select pg_try_advisory_lock(${key}::bigint) as mine`.execute(connection)
    if (!row?.mine) return
    try {
      await work()
    } finally {
      await sql`select pg_advisory_unlock(${key}::bigint)`.execute(connection)
    }
  })
