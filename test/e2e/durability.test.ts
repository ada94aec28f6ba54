// The real program, killed and stopped at chosen moments: group F. What was answered 250 is delivered, queued or held.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { burnAlias } from '../../src/flow/burn-alias.ts'
import { insertWholeAccount } from '../../src/flow/create-account.ts'
import { createAlias } from '../../src/flow/create-alias.ts'
import { parseMailbox } from '../../src/mail/address.ts'
import { openDatabase } from '../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import type { Database } from '../../src/store/database.ts'
import { createDatabase } from '../support/database.ts'
import { emptyMail, listDeliveries, listHeldRows } from '../support/mail-rows.ts'
import { openNextHop, type NextHop, type Script } from '../support/next-hop.ts'
import { startProgram, type Program } from '../support/program.ts'
import { openSender, send } from '../support/sender.ts'
import { openTcpProxy } from '../support/tcp-proxy.ts'
import { fateOf, sendTraced, type Answered, type Traced } from '../support/trace-letters.ts'
import { until } from '../support/until.ts'
import { createTestHost } from '../support/web-host.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

const secret = 'a secret for tests only'
const message = 'From: a@shop.example\r\nSubject: x\r\n\r\nHello\r\n'

async function nextHop(script: Script = {}): Promise<NextHop> {
  const hop = await openNextHop(script)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  return hop
}

const envFor = (hop: NextHop, databaseUrl = url): Record<string, string> =>
  ({ BURNBOX_DOMAIN: 'burn.example', BURNBOX_RELAY: hop.url, DATABASE_URL: databaseUrl, BURNBOX_SECRET: secret })

async function run(hop: NextHop, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const program = await startProgram({ ...envFor(hop), ...env })
  onTestFinished(() => program[Symbol.asyncDispose]())
  return program
}

let people = 0
async function addresses(database: Database = db): Promise<{ readonly one: string; readonly two: string; readonly burned: string }> {
  const host = createTestHost(database, { BURNBOX_DOMAIN: 'burn.example', BURNBOX_SECRET: secret })
  const name = `gus${++people}`
  const id = await database.transaction().execute((tx) => insertWholeAccount(host, tx, {
    email: parseMailbox(`${name}@account.example`)!, role: 'member', inboxes: [parseMailbox(`${name}@home.example`)!],
  }))
  const make = () => createAlias(host, { accountId: id, site: 'shop.example', label: null, note: null, displayName: null, pinned: false })
  const [one, two, burned] = [await make(), await make(), await make()]
  await burnAlias(host, { accountId: id, uuid: burned.uuid })
  await emptyMail(database)
  return { one: one.address, two: two.address, burned: burned.address }
}

/** A lease of a killed process ends after 60 s: the test does not wait for that. */
const endLeases = () => sql`update deliveries set lease_until = now() where lease_until is not null`.execute(db)

async function kill(program: Program): Promise<void> {
  process.kill(program.pid, 'SIGKILL')
  expect(await program.ended).toBe('SIGKILL')
}

async function holdLock(table: string): Promise<() => Promise<void>> {
  const release = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const lock = db.transaction().execute(async (tx) => {
    await sql`lock table ${sql.ref(table)} in access exclusive mode`.execute(tx)
    locked.resolve()
    await release.promise
  })
  await locked.promise
  return async () => {
    release.resolve()
    await lock
  }
}

const someoneWaits = async (): Promise<boolean> => (await sql`select 1 from pg_locks l join pg_database d on d.oid = l.database
  where not l.granted and d.datname = current_database()`.execute(db)).rows.length > 0

describe('F03 kill -9 exactly', () => {
  test('before the commit: the sender has no 250, and nothing is there', async () => {
    const hop = await nextHop()
    const { burned } = await addresses()
    const program = await run(hop)
    const unlock = await holdLock('held')
    const sending = send(program.smtpPort, { to: burned, message }).then(() => 'answered', () => 'no answer')
    await until(someoneWaits, 'the commit to wait')
    await kill(program)
    await unlock()
    expect(await sending).toBe('no answer')
    expect(await listHeldRows(db)).toEqual([])
  })

  test('after 250 for what was queued: delivered by the next start, once', async () => {
    const hop = await nextHop({ rcpt: '451 4.7.1 later' })
    const { one, two } = await addresses()
    const program = await run(hop)
    expect((await send(program.smtpPort, { to: [one, two], message })).dot).toMatch(/^250/)
    await kill(program)
    hop.script({})
    await sql`update deliveries set next_attempt_at = now()`.execute(db)
    await endLeases()
    await run(hop)
    await until(async () => (await listDeliveries(db)).length === 0, 'the queue to be worked off')
    expect(hop.arrived).toHaveLength(2)
  })

  test('after the dot, before the reply of the inbox, while the sender waits: no 250 was given, its second try is delivered', async () => {
    const hop = await nextHop({ dot: 'hang' })
    const { one } = await addresses()
    const program = await run(hop)
    const sending = send(program.smtpPort, { to: one, message }).then(() => 'answered', () => 'no answer')
    await hop.saw('dot')
    await kill(program)
    expect(await sending).toBe('no answer')
    hop.script({})
    const next = await run(hop)
    expect((await send(next.smtpPort, { to: one, message })).dot).toMatch(/^250/)
    expect(hop.accepted).toHaveLength(1)
    expect(await listDeliveries(db)).toEqual([])
  })

  test('after the inbox said 250, before our commit: at most one duplicate, nothing lost', async () => {
    const reply = Promise.withResolvers<string>()
    const hop = await nextHop({ rcpt: '451 4.7.1 later' })
    const { one } = await addresses()
    const first = await run(hop)
    expect((await send(first.smtpPort, { to: one, message })).dot).toMatch(/^250/)
    hop.script({ dot: () => reply.promise })
    await sql`update deliveries set next_attempt_at = now()`.execute(db)
    await hop.saw('dot')
    const unlock = await holdLock('activity')
    reply.resolve('250 2.0.0 Ok')
    await until(someoneWaits, 'the settling to wait')
    await kill(first)
    await unlock()
    expect(await listDeliveries(db)).toHaveLength(1)
    await endLeases()
    hop.script({})
    await run(hop)
    await until(async () => (await listDeliveries(db)).length === 0, 'the delivery to end')
    expect(hop.accepted.length).toBeGreaterThanOrEqual(1)
    expect(hop.accepted.length).toBeLessThanOrEqual(2)
  })
})

describe('the end on request', () => {
  test('F04 SIGTERM under load: exit 0, and nothing that was answered 250 is lost', async () => {
    const hop = await nextHop()
    const { one, two, burned } = await addresses()
    const program = await run(hop)
    const answered: Answered = new Map()
    const stop = new AbortController()
    const letters = (sender: number): Traced[] => Array.from({ length: 400 }, (_, n) => ({ id: `${sender}-${n}`, to: [[one], [one, two], [burned]][n % 3]! }))
    const sending = Promise.all([1, 2, 3, 4, 5].map((sender) => sendTraced(program.smtpPort, letters(sender), answered, stop.signal)))
    await until(() => answered.size > 60, 'some letters to be answered')
    process.kill(program.pid, 'SIGTERM')
    expect(await program.ended).toBe(0)
    stop.abort()
    const refusals = (await sending).flat()
    expect(refusals.filter((reply) => !/^4(21|51) 4\.3\./.test(reply))).toEqual([])
    expect((await fateOf(answered, hop, db)).lost).toEqual([])
  })

  test('choice 15: new commands hear 421, what is before its dot is queued at once, what is past it after 6 s; the next start finds both', async () => {
    let hang: 'rcpt' | 'dot' = 'dot'
    const hop = await nextHop({ rcpt: () => hang === 'rcpt' ? 'hang' : '250 Ok', dot: 'hang' })
    const { one } = await addresses()
    const program = await run(hop)
    const idle = await openSender(program.smtpPort)
    const past = send(program.smtpPort, { to: one, message })
    await hop.saw('dot')
    hang = 'rcpt'
    const before = send(program.smtpPort, { to: one, message })
    await hop.saw('rcpt', 2)
    process.kill(program.pid, 'SIGTERM')
    expect(await idle.reply()).toMatch(/^421 4\.3\.2/)
    expect((await before).dot).toMatch(/^250/)
    expect((await listDeliveries(db)).map((row) => row.state)).toEqual(['queued'])
    expect((await past).dot).toMatch(/^250/)
    expect((await listDeliveries(db)).map((row) => row.state).sort()).toEqual(['queued', 'sent'])
    expect(await program.ended).toBe(0)
    hop.script({})
    await sql`update deliveries set next_attempt_at = now()`.execute(db)
    await endLeases()
    await run(hop)
    await until(() => hop.accepted.length === 1, 'the queued one')
    const left = await until(async () => {
      const rows = await listDeliveries(db)
      return rows.length === 1 && rows[0]!.unknown_outcomes === 1 && rows
    }, 'the other to be possibly delivered')
    expect(left).toMatchObject([{ state: 'queued', unknown_outcomes: 1, attempts: 1 }])
  }, 60_000)

  test('F05 SIGTERM twice at once is one, SIGINT ends it too, SIGHUP never does', async () => {
    const hop = await nextHop()
    const { one } = await addresses()
    const first = await run(hop)
    process.kill(first.pid, 'SIGHUP')
    expect((await send(first.smtpPort, { to: one, message })).dot).toMatch(/^250/)
    process.kill(first.pid, 'SIGTERM')
    process.kill(first.pid, 'SIGTERM')
    expect(await first.ended).toBe(0)
    const second = await run(hop)
    process.kill(second.pid, 'SIGINT')
    expect(await second.ended).toBe(0)
    expect((await db.selectFrom('activity').select('kind').where('kind', '=', 'delivered').execute())).toHaveLength(1)
  })

  test('a next hop that keeps its connection open does not keep the process alive', async () => {
    const hop = await nextHop({ quit: 'hang' })
    const { one } = await addresses()
    const program = await run(hop)
    await send(program.smtpPort, { to: one, message })
    process.kill(program.pid, 'SIGTERM')
    expect(await program.ended).toBe(0)
    expect(program.output()).not.toMatch(/"level":50/)
  })
})

test('F06 the embedded database is killed with -9 while senders send: nothing lost, and it goes on without a restart', async () => {
  const hop = await nextHop()
  const program = await startProgram({ BURNBOX_DOMAIN: 'burn.example', BURNBOX_RELAY: hop.url, BURNBOX_LOG: 'silent' })
  onTestFinished(() => program[Symbol.asyncDispose]())
  const data = path.join(program.data, 'data')
  await using postgres = await startEmbeddedPostgres(data)
  const own = openDatabase(postgres.url, { max: 2 })
  onTestFinished(() => own.destroy())
  const { one, two, burned } = await addresses(own)
  const answered: Answered = new Map()
  const letters = (sender: number): Traced[] => Array.from({ length: 60 }, (_, n) => ({ id: `${sender}-${n}`, to: [[one], [one, two], [burned]][n % 3]! }))
  const sending = Promise.all([1, 2, 3, 4].map((sender) => sendTraced(program.smtpPort, letters(sender), answered, new AbortController().signal)))
  for (const part of [60, 140]) {
    await until(() => answered.size >= part, `${part} letters to be answered`, { milliseconds: 60_000 })
    process.kill(Number(readFileSync(path.join(data, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
  }
  await until(() => answered.size === 240, 'all letters to be answered', { milliseconds: 60_000 })
  const refusals = (await sending).flat()
  expect(refusals.filter((reply) => reply.startsWith('5'))).toEqual([])
  await until(async () => (await fateOf(answered, hop, own)).lost.length === 0, 'every letter to be somewhere')
}, 150_000)

test('F12 left-over spool files are removed at start', async () => {
  const data = mkdtempSync(path.join(tmpdir(), 'burnbox-spool-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const spool = path.join(data, 'data', 'spool')
  mkdirSync(spool, { recursive: true })
  for (const [name, content] of [['a.spool', ''], ['b.spool', 'From: x'], ['garbage', '\u0000\u0001']] as const) writeFileSync(path.join(spool, name), content)
  const hop = await nextHop()
  const program = await startProgram(envFor(hop), { data })
  onTestFinished(() => program[Symbol.asyncDispose]())
  expect(readdirSync(spool)).toEqual([])
})

test('I09 a database that is away at start is waited for, with the port closed', async () => {
  const hop = await nextHop()
  const proxy = await openTcpProxy(url, { cut: true })
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  const { one } = await addresses()
  const starting = startProgram(envFor(hop, proxy.url))
  await until(() => proxy.turnedAway >= 2, 'the second try')
  proxy.mend()
  const program = await starting
  onTestFinished(() => program[Symbol.asyncDispose]())
  expect((await send(program.smtpPort, { to: one, message })).dot).toMatch(/^250/)
})
