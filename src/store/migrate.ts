// Brings the database to this program's schema: sql/NNNN_name.sql in order, once, under an advisory lock, in one transaction.
// A schema that is newer than the program is refused (RELIABILITY.md I10).
import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { DatabaseRefused, unhurried } from './database.ts'
import type { Database, Tx } from './database.ts'

export type Migration = { readonly number: number; readonly name: string; readonly text: string }

// Any constant does, as long as every process uses the same one: "burnbox" in ASCII.
const advisoryLock = '27713279330774904'

/** Reads sql/ of this program, in a checkout or an installed package. */
export function readMigrations(folder: URL = new URL('../../sql/', import.meta.url)): readonly Migration[] {
  const migrations = readdirSync(folder).filter((file) => file.endsWith('.sql')).sort().map((file) => {
    const [, number, name] = /^(\d{4})_([a-z0-9-]+)\.sql$/.exec(file) ?? []
    if (!number || !name) throw new Error(`sql/${file}: not named like 0001_what.sql`)
    return { number: Number(number), name, text: readFileSync(new URL(file, folder), 'utf8') }
  })
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1) throw new Error(`sql/: number ${index + 1} is missing or there twice (found ${number}, ${name})`)
  })
  return migrations
}

/** Returns what it applied. Throws DatabaseRefused for a newer or a foreign schema, and then has changed nothing. */
export async function migrate(db: Database, migrations: readonly Migration[] = readMigrations()): Promise<readonly Migration[]> {
  return unhurried(() => db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`select pg_advisory_xact_lock(${advisoryLock}::bigint)`.execute(tx)
    await sql`create table if not exists migrations (number integer primary key, name text not null, applied_at timestamptz not null)`.execute(tx)
    const { rows: applied } = await sql<{ number: number; name: string }>`select number, name from migrations order by number`.execute(tx)
    refuseForeign(applied, migrations)
    const missing = migrations.slice(applied.length)
    for (const migration of missing) await apply(tx, migration)
    return missing
  }))
}

function refuseForeign(applied: readonly { readonly number: number; readonly name: string }[], known: readonly Migration[]): void {
  const newest = applied.at(-1)
  if (newest && newest.number > known.length) {
    throw new DatabaseRefused(`The database has schema ${newest.number} (${newest.name}), this Burnbox knows schemas up to ${known.length}: `
      + 'start the newer Burnbox that made it, or restore a backup made before')
  }
  applied.forEach((row, index) => {
    const own = known[index]
    if (row.number !== index + 1 || row.name !== own?.name) {
      throw new DatabaseRefused(`The database's schema ${row.number} is "${row.name}", this Burnbox's is "${own?.name}": it is another program's database`)
    }
  })
}

async function apply(tx: Tx, migration: Migration): Promise<void> {
  try {
    await sql.raw(migration.text).execute(tx)
  } catch (error) {
    throw new Error(`sql/${String(migration.number).padStart(4, '0')}_${migration.name}.sql failed`, { cause: error })
  }
  await sql`insert into migrations values (${migration.number}, ${migration.name}, now())`.execute(tx)
}
