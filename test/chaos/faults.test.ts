// The same invariant as in kill.test.ts under other faults: Postgres killed or out of reach, SIGTERM, two processes of which one dies.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import {
  addPeople, answeredSome, atRest, expectAllAnswered, expectNothingLost, fateIn, makePlace, peopleIn, programOn, queueIsEmpty, scale, sendAll,
} from '../support/chaos-place.ts'
import { createDatabase } from '../support/database.ts'
import { openNextHop } from '../support/next-hop.ts'
import { startProgram, type Program } from '../support/program.ts'
import { openTcpProxy } from '../support/tcp-proxy.ts'
import { fateOf } from '../support/trace-letters.ts'
import { until } from '../support/until.ts'

const isSoak = scale > 1

test('F06 the database killed with -9 while mail comes and goes: started again, nothing that was answered 250 is lost', async () => {
  await using hop = await openNextHop()
  const place = await makePlace(hop)
  const to = addPeople(place)
  await using program = await startProgram(place.env, { data: place.data })
  const [messages, kills] = [100 * scale, scale]
  const sending = sendAll(program.smtpPort, 'postgres', to, { messages })
  for (let kill = 1; kill <= kills; kill++) {
    await answeredSome(sending, Math.floor((kill / (kills + 1)) * messages))
    process.kill(Number(readFileSync(path.join(place.data, 'data', 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
  }
  await expectAllAnswered(sending, messages)
  expectNothingLost('kill -9 of Postgres', await fateIn(place, sending.answered, hop))
})

test('F04 SIGTERM under load: out within 10 s with 0, started again, nothing lost', async () => {
  await using hop = await openNextHop()
  const place = await makePlace(hop)
  const to = addPeople(place)
  let program: Program = await startProgram(place.env, { data: place.data })
  onTestFinished(() => program[Symbol.asyncDispose]())
  const [messages, stops] = [150 * scale, 2 * scale]
  const sending = sendAll(place.port, 'sigterm', to, { messages })
  for (let stop = 1; stop <= stops; stop++) {
    await answeredSome(sending, Math.floor((stop / (stops + 1)) * messages))
    process.kill(program.pid, 'SIGTERM')
    expect(await program.ended).toBe(0)
    program = await startProgram(place.env, { data: place.data })
  }
  await expectAllAnswered(sending, messages)
  expectNothingLost('SIGTERM', await fateIn(place, sending.answered, hop))
})

// In the soak for a minute, as the issue asks; what is different after 10 s is nothing, and tests of the pool say so.
test('I06 the database out of reach for a minute under load: 4xx meanwhile, then on as if nothing had been, nothing lost', async () => {
  const { db, url } = await createDatabase()
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const proxy = await openTcpProxy(url)
  onTestFinished(() => proxy[Symbol.asyncDispose]())
  const program = await programOn(hop, proxy.url)
  const messages = 150 * scale
  const sending = sendAll(program.smtpPort, 'away', await peopleIn(db), { messages })
  await answeredSome(sending, messages / 3)
  proxy.cut()
  const before = proxy.turnedAway
  await wait(isSoak ? 60_000 : 2_000)     // the outage itself
  await until(() => proxy.turnedAway > before, 'somebody to ask for the database')
  proxy.mend()
  await expectAllAnswered(sending, messages)
  await atRest(db)
  expectNothingLost('database out of reach', await fateOf(sending.answered, hop, db))
})

test('O01 O03 two processes on one database, one killed with -9: the other takes over within a minute, nothing lost, nothing twice at once', async () => {
  const { db, url } = await createDatabase()
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const to = await peopleIn(db)
  const one = await programOn(hop, url)
  const other = await programOn(hop, url)
  const messages = 200 * scale
  const [doomed, spared] = [sendAll(one.smtpPort, 'doomed', to, { messages }), sendAll(other.smtpPort, 'spared', to, { messages })]
  await answeredSome(doomed, messages / 2)
  process.kill(one.pid, 'SIGKILL')
  await one.ended
  doomed.stop()
  await doomed.done
  await expectAllAnswered(spared, messages)
  await (isSoak ? queueIsEmpty(db) : atRest(db))
  expectNothingLost('two processes', await fateOf(new Map([...doomed.answered, ...spared.answered]), hop, db))
})

test('O01 three processes on one database without a fault: each letter exactly once', async () => {
  const { db, url } = await createDatabase()
  const hop = await openNextHop({ rcpt: '451 4.7.1 not yet' })
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const to = (await peopleIn(db)).slice(0, 3)
  const one = await programOn(hop, url)
  const two = await programOn(hop, url)
  const three = await programOn(hop, url)
  const messages = 300 * scale
  const all = [one, two, three].map((program, n) => sendAll(program.smtpPort, `node${n}`, to, { messages: messages / 3 }))
  for (const sending of all) await expectAllAnswered(sending, messages / 3)
  hop.script({})
  await db.updateTable('deliveries').set({ next_attempt_at: new Date() }).execute()
  await queueIsEmpty(db)
  expectNothingLost('three processes', await fateOf(new Map(all.flatMap(({ answered }) => [...answered])), hop, db), 0)
})

test('F14 a queue that is long at the start: never more in hand than there are connections, each delivered once', async () => {
  const { db, url } = await createDatabase()
  const hop = await openNextHop({ rcpt: '451 4.7.1 not yet' })
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const [, both] = await peopleIn(db)
  const first = await programOn(hop, url)
  const sending = sendAll(first.smtpPort, 'backlog', [both!], { messages: 10 })
  await expectAllAnswered(sending, 10)
  await first[Symbol.asyncDispose]()
  // So many of the same: reading and sending them costs what others do.
  const more = 40 * scale
  await sql`insert into deliveries (id, kind, account_id, alias_id, inbox_id, message_id, state, created_at, expires_at, next_attempt_at)
    select d.id / 2 + n, d.kind, d.account_id, d.alias_id, d.inbox_id, d.message_id, 'queued', d.created_at, d.expires_at, d.created_at
    from deliveries d, generate_series(1, ${more}) n`.execute(db)
  await db.updateTable('deliveries').set({ next_attempt_at: new Date() }).execute()
  const all = 20 * (more + 1)
  hop.script({})
  await programOn(hop, url)
  let most = 0
  await until(async () => {
    const { rows: [row] } = await sql<{ leased: number; all: number }>`
      select count(lease_until)::int as leased, count(*)::int as all from deliveries`.execute(db)
    most = Math.max(most, row!.leased)
    return row!.all === 0
  }, 'the queue to be worked off', { milliseconds: 60_000 * Math.max(1, scale) })
  expect(most).toBeLessThanOrEqual(100)
  expect(hop.accepted).toHaveLength(all)
  expect(new Set(hop.accepted.map((copy) => copy.reversePath)).size).toBe(all)
  expect(hop.twiceAtOnce).toEqual([])
})
