import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { DatabaseRefused, openDatabase } from '../../../src/store/database.ts'
import { migrate, readMigrations } from '../../../src/store/migrate.ts'
import type { Migration } from '../../../src/store/migrate.ts'
import { createDatabase } from '../../support/database.ts'

const first: Migration = { number: 1, name: 'one', text: 'create table one (id int); insert into one values (1)' }
const second: Migration = { number: 2, name: 'two', text: 'create table two as select id from one' }
const broken: Migration = { number: 3, name: 'three', text: 'create table three (id int); select 1 / 0' }

describe('the program’s own migrations', async () => {
  const { db } = await createDatabase()

  test('the clone of the template is up to date, with numbers, names and times', async () => {
    expect(await migrate(db)).toEqual([])
    const { rows } = await sql<{ number: number; name: string; applied_at: Date }>`select * from migrations order by number`.execute(db)
    expect(rows.map(({ number, name }) => ({ number, name }))).toEqual(readMigrations().map(({ number, name }) => ({ number, name })))
    expect(rows.every((row) => row.applied_at instanceof Date)).toBe(true)
  })

  test('I10 a newer schema is refused with a clear line, and nothing is changed', async () => {
    await sql`insert into migrations values (9999, 'from-the-future', now())`.execute(db)
    const refused = await migrate(db).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(DatabaseRefused)
    expect((refused as Error).message).toMatch(
      /^The database has schema 9999 \(from-the-future\), this Burnbox knows schemas up to \d+: start the newer Burnbox/)
    expect((refused as Error).message).not.toContain('\n')
  })
})

describe('an older schema', async () => {
  const { db, url } = await createDatabase({ empty: true })

  test('I10 is migrated, by the missing files alone', async () => {
    expect(await migrate(db, [first])).toEqual([first])
    expect(await migrate(db, [first, second])).toEqual([second])
    expect((await sql`select id from two`.execute(db)).rows).toEqual([{ id: 1 }])
  })

  test('a migration that fails leaves nothing behind and names its file', async () => {
    await expect(migrate(db, [first, second, broken])).rejects.toThrow('sql/0003_three.sql failed')
    expect((await sql`select to_regclass('three') as three, max(number) as newest from migrations`.execute(db)).rows).toEqual([{ three: null, newest: 2 }])
  })

  test('another program’s migrations are refused', async () => {
    await expect(migrate(db, [first, { ...second, name: 'else' }])).rejects.toThrow(DatabaseRefused)
  })

  test('several processes at once apply it once', async () => {
    const third: Migration = { number: 3, name: 'slow', text: 'select pg_sleep(0.2); create table slow (id int)' }
    const others = [1, 2, 3].map(() => openDatabase(url, { max: 1 }))
    const applied = await Promise.all(others.map((other) => migrate(other, [first, second, third])))
    await Promise.all(others.map((other) => other.destroy()))
    expect(applied.flat()).toEqual([third])
  })
})
