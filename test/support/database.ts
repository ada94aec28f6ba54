// A database of its own for a test file: a clone of the migrated template. Call it at the top of the file:
//   const { db, url } = await createDatabase()
// A connection that is still open when the file ends, and is not this `db`'s, fails the file: somebody forgot to close a pool.
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, inject } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import type { Database } from '../../src/store/database.ts'
import { databaseUrl } from './postgres-server.ts'

export type TestDatabase = { readonly db: Database; readonly url: string }

// A closed connection leaves pg_stat_activity a moment after the socket.
const leaveMilliseconds = 3_000

export async function createDatabase(options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  const template = options.empty ? 'template0' : inject('templateDatabase')
  await asAdmin(server, (admin) => sql`create database ${sql.ref(name)} template ${sql.ref(template)}`.execute(admin))
  const url = databaseUrl(server, name)
  const db = openDatabase(url, { max: 8, applicationName: 'test' })
  afterAll(async () => {
    await db.destroy()
    const leaked = await asAdmin(server, (admin) => connectionsTo(admin, name))
    await asAdmin(server, (admin) => sql`drop database ${sql.ref(name)} with (force)`.execute(admin))
    if (leaked.length > 0) throw new Error(`a pool was leaked: ${leaked.length} connections are still open (${leaked.join('; ')})`)
  })
  return { db, url }
}

async function connectionsTo(admin: Database, name: string): Promise<string[]> {
  for (const deadline = performance.now() + leaveMilliseconds; ; await wait(20)) {
    const { rows } = await sql<{ line: string }>`
      select application_name || ': ' || left(query, 80) as line from pg_stat_activity where datname = ${name}`.execute(admin)
    if (rows.length === 0 || performance.now() > deadline) return rows.map((row) => row.line)
  }
}

async function asAdmin<T>(server: string, work: (admin: Database) => Promise<T>): Promise<T> {
  const admin = openDatabase(server, { max: 1, applicationName: 'test admin' })
  try {
    return await work(admin)
  } finally {
    await admin.destroy()
  }
}
