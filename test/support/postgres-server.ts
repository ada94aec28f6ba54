// One embedded Postgres for the whole run, with one migrated template database that every test file clones.
// Its fsync stays on: a clone then takes 29 ms, with fsync off 15 to 28 ms (measured on 2 cores). That is no reason to test on another
// kind of database than people run, and no test has to say BURNBOX_UNSAFE_DATABASE.
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { migrate, readMigrations } from '../../src/store/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    templateDatabase: string
  }
}

type Server = { readonly url: string; readonly template: string; stop(): Promise<void> }

// Each project loads this file on its own; they share one server, and the last to go stops it.
const shared = globalThis as unknown as { burnboxTestServer?: { readonly server: Promise<Server>; users: number } }

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const use = shared.burnboxTestServer ??= { server: start(), users: 0 }
  use.users++
  const server = await use.server
  project.provide('postgresUrl', server.url)
  project.provide('templateDatabase', server.template)
  return async () => {
    if (--use.users > 0) return
    delete shared.burnboxTestServer
    await server.stop()
  }
}

async function start(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'burnbox-test-'))
  const postgres = await startEmbeddedPostgres(folder, { settings: { max_connections: '300' } })
  const migrations = readMigrations()
  const template = `template_${createHash('sha256').update(migrations.map((migration) => migration.text).join()).digest('hex').slice(0, 12)}`
  const admin = openDatabase(postgres.url, { max: 1 })
  await sql`create database ${sql.ref(template)}`.execute(admin)
  await admin.destroy()
  const db = openDatabase(databaseUrl(postgres.url, template), { max: 1 })
  await migrate(db, migrations)
  await db.destroy()
  return {
    url: postgres.url,
    template,
    async stop() {
      await postgres[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}
