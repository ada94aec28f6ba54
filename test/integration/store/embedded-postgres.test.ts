import { readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { checkDatabase, DatabaseRefused, openDatabase } from '../../../src/store/database.ts'
import type { Database } from '../../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../../src/store/embedded-postgres.ts'
import type { EmbeddedPostgres } from '../../../src/store/embedded-postgres.ts'

// 0700, as the home of root is and as every mkdtemp makes it.
const folder = await mkdtemp(join(tmpdir(), 'burnbox-embedded-'))
await chmod(folder, 0o700)
const data = join(folder, 'data')
afterAll(() => rm(folder, { recursive: true, force: true }))

async function connected<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase(url, { max: 2 })
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

function postmaster(dataFolder: string): number {
  return Number(readFileSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // Where nobody reaps them, the dead stay as zombies.
  return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 40_000; !await condition(); await wait(20)) {
    if (performance.now() > deadline) throw new Error(`waited 40 s for: ${what}`)
  }
}

function answers(url: string): Promise<boolean> {
  return connected(url, (db) => sql`select 1`.execute(db)).then(() => true, () => false)
}

describe('the embedded database', () => {
  test('first start: makes a durable UTF-8 database in folders that nobody else can read', async () => {
    await running(await startEmbeddedPostgres(data), async (postgres) => {
      expect(postgres.adopted).toBe(false)
      await connected(postgres.url, async (db) => {
        await checkDatabase(db, { unsafe: false })
        const { rows: [row] } = await sql<{ encoding: string; lower: string }>`
          select current_setting('server_encoding') as encoding, lower('GRÖSSE') as lower`.execute(db)
        expect(row).toEqual({ encoding: 'UTF8', lower: 'grösse' })
        await sql`create table kept (note text)`.execute(db)
        await sql`insert into kept values ('first')`.execute(db)
      })
      expect(new URL(postgres.url).hostname).toBe('127.0.0.1')
      const mode = (path: string): string => (statSync(join(data, path)).mode & 0o777).toString(8)
      expect([mode('.'), mode('postgres'), mode('postgres/cluster'), mode('postgres/password')]).toEqual(['700', '700', '700', '600'])
    })
    expect(await readdir(data)).toEqual(['postgres'])
  })

  test('a wrong password is not let in, on loopback neither', async () => {
    await running(await startEmbeddedPostgres(data), async (postgres) => {
      const wrong = new URL(postgres.url)
      wrong.password = 'password'
      await expect(connected(wrong.href, (db) => sql`select 1`.execute(db))).rejects.toThrow('password authentication failed')
    })
  })

  test('second start: finds everything again; a stop leaves nothing running', async () => {
    const pid = await running(await startEmbeddedPostgres(data), async (postgres) => {
      expect(postgres.adopted).toBe(false)
      expect(await connected(postgres.url, (db) => sql`select note from kept`.execute(db).then((result) => result.rows))).toEqual([{ note: 'first' }])
      return postmaster(data)
    })
    expect(runs(pid)).toBe(false)
  })

  test('a second program beside it adopts it, and leaves it running when it goes', async () => {
    await running(await startEmbeddedPostgres(data), async (service) => {
      await running(await startEmbeddedPostgres(data), async (command) => {
        expect(command.adopted).toBe(true)
        expect(command.url).toBe(service.url)
      })
      expect(await answers(service.url)).toBe(true)
    })
  })

  test('it is not stopped while another client is connected; the orphan is adopted by the next start', async () => {
    const first = await startEmbeddedPostgres(data)
    const stranger = openDatabase(first.url, { max: 1 })
    await sql`select 1`.execute(stranger)
    await first[Symbol.asyncDispose]()
    expect(await answers(first.url)).toBe(true)
    const pid = postmaster(data)
    await stranger.destroy()
    await running(await startEmbeddedPostgres(data), async (second) => {
      expect(second.adopted).toBe(true)
      expect(postmaster(data)).toBe(pid)
    })
    expect(runs(pid)).toBe(false)
  })

  test('F06 kill -9 of the postmaster: it is started again at the same place, with what was committed', async () => {
    await running(await startEmbeddedPostgres(data), async (postgres) => {
      await connected(postgres.url, (db) => sql`insert into kept values ('before the kill')`.execute(db))
      const pid = postmaster(data)
      process.kill(pid, 'SIGKILL')
      await until('the database to come back', () => answers(postgres.url))
      expect(postmaster(data)).not.toBe(pid)
      const { rows } = await connected(postgres.url, (db) => sql`select note from kept`.execute(db))
      expect(rows).toEqual([{ note: 'first' }, { note: 'before the kill' }])
    })
  })

  test('a start over what a kill -9 left behind: recovers over the stale postmaster.pid', async () => {
    const first = await startEmbeddedPostgres(data)
    const stranger = openDatabase(first.url, { max: 1 })
    await sql`insert into kept values ('orphan')`.execute(stranger)
    await first[Symbol.asyncDispose]()                       // leaves it running, as a killed program would
    const pid = postmaster(data)
    process.kill(pid, 'SIGKILL')
    await stranger.destroy()
    await running(await startEmbeddedPostgres(data), async (second) => {
      expect(second.adopted).toBe(false)
      const { rows } = await connected(second.url, (db) => sql`select note from kept where note = 'orphan'`.execute(db))
      expect(rows).toEqual([{ note: 'orphan' }])
    })
  })

  test('two first starts at the same time end with one database', async () => {
    const both = join(folder, 'both')
    const started = await Promise.all([startEmbeddedPostgres(both), startEmbeddedPostgres(both)])
    expect(started[0].url).toBe(started[1].url)
    expect(await readdir(both)).toEqual(['postgres'])
    for (const postgres of started) await postgres[Symbol.asyncDispose]()
    expect(await answers(started[0].url)).toBe(false)
  })

  test('what a first start that was killed half-way left behind is cleared away', async () => {
    await mkdir(join(data, 'postgres.new-dead', 'cluster'), { recursive: true })
    await running(await startEmbeddedPostgres(data), async () => {
      expect(await readdir(data)).toEqual(['postgres'])
    })
  })
})

describe('F07 a database that could lose what it committed', async () => {
  const unsafe = await startEmbeddedPostgres(join(folder, 'unsafe'), { settings: { fsync: 'off', full_page_writes: 'off' } })
  afterAll(() => unsafe[Symbol.asyncDispose]())

  test('F07 fsync=off and full_page_writes=off are refused in one line that says what to do', async () => {
    const refused = await connected(unsafe.url, (db) => checkDatabase(db, { unsafe: false })).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(DatabaseRefused)
    expect((refused as Error).message).toBe('The database runs with fsync=off, full_page_writes=off: mail that was accepted could be lost. '
      + 'Switch it on, or set BURNBOX_UNSAFE_DATABASE=true where losing mail does not matter (tests)')
  })

  test('F07 synchronous_commit=off is refused, also when it is set for this role alone', async () => {
    await connected(unsafe.url, (db) => sql`alter role burnbox set synchronous_commit = off`.execute(db))
    onTestFinished(() => connected(unsafe.url, async (db) => void await sql`alter role burnbox reset synchronous_commit`.execute(db)))
    await expect(connected(unsafe.url, (db) => checkDatabase(db, { unsafe: false }))).rejects.toThrow('synchronous_commit=off')
  })

  test('F07 it is taken when losing mail was said not to matter', async () => {
    await connected(unsafe.url, (db) => checkDatabase(db, { unsafe: true }))
  })
})

async function running<T>(postgres: EmbeddedPostgres, work: (postgres: EmbeddedPostgres) => Promise<T>): Promise<T> {
  try {
    return await work(postgres)
  } finally {
    await postgres[Symbol.asyncDispose]()
  }
}
