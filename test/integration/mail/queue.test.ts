// The queue and its worker: when it tries, what it claims, what a lost lease means, and that an answer is asked for once.
import { sql } from 'kysely'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { settle } from '../../../src/flow/settle.ts'
import { EXPIRES_AFTER_MS } from '../../../src/policy/backoff.ts'
import { claimDue } from '../../../src/store/deliveries.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { countMessages, emptyMail, listActivityRows, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type NextHop, type Script } from '../../support/next-hop.ts'
import { openSender } from '../../support/sender.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

const second = 1_000
const minute = 60 * second
const start = new Date('2026-01-01T00:00:00Z')
const after = (ms: number): Date => new Date(start.getTime() + ms)

let people = 0
type Scene = { readonly hop: NextHop; readonly clock: FakeClock; readonly mail: MailProcess; readonly to: string }

async function scene(script: Script = {}, options: { readonly worker?: boolean } = {}): Promise<Scene> {
  const hop = await openNextHop(script)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock(start)
  const mail = await openMailProcess(url, { relay: hop.url, clock, ...options })
  const alias = await mail.alias(await mail.account(`dora${++people}`))
  await emptyMail(db)
  return { hop, clock, mail, to: alias.address }
}

/** Queued and not tried: so many messages, each for two addresses. */
async function backlog({ mail, to }: Scene, messages: number): Promise<number> {
  const second = await mail.alias(await mail.account(`eve${++people}`))
  for (let n = 0; n < messages; n++) expect((await mail.send({ to: [to, second.address], message: letter(`${n}`) })).dot).toMatch(/^250/)
  return 2 * messages
}

describe('tries', () => {
  test('F19 after 1, 5, 15 and 60 minutes and then up to 4 hours, under one VERP address, until 5 days are over', async () => {
    const { hop, clock, mail, to } = await scene({ rcpt: '451 4.7.1 later' }, { worker: false })
    await mail.send({ to })
    const waits: number[] = []
    for (;;) {
      const [row] = await listDeliveries(db)
      if (!row) break
      expect(row.attempts).toBe(waits.length + 1)
      waits.push((row.next_attempt_at.getTime() - clock.now().getTime()) / minute)
      await clock.advance(row.next_attempt_at.getTime() - clock.now().getTime())
      // One worker a try: it finds the row due, and has nothing to wait for afterwards.
      const { stop } = await openMailProcess(url, { relay: hop.url, clock })
      await until(async () => {
        const [now] = await listDeliveries(db)
        return !now || (now.attempts > row.attempts && now.lease_token === null)
      }, `try ${row.attempts + 1}`)
      await stop()
    }
    for (const [n, step] of [1, 5, 15, 60, 120, 240, 240].entries()) {
      expect(waits[n]).toBeGreaterThanOrEqual(step)
      expect(waits[n]).toBeLessThanOrEqual(1.2 * step)
    }
    expect(clock.now()).toEqual(after(EXPIRES_AFTER_MS))
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'expired' }])
    const reversePaths = new Set(hop.heard.filter((heard) => heard.phase === 'mail').map((heard) => /<(.*?)>/.exec(heard.line)![1]))
    expect(reversePaths.size).toBe(1)
    expect(hop.count('rcpt')).toBe(waits.length + 1)
  }, 120_000)

  test('F16 the clock of the database was a day ahead and is set right: what was deferred meanwhile does not wait for that day', async () => {
    const { hop, clock, mail, to } = await scene({ rcpt: '451 4.7.1 later' }, { worker: false })
    mail.work()
    await clock.advance(second)
    await clock.advance(24 * 60 * minute)
    await mail.send({ to })
    await until(async () => (await listDeliveries(db))[0]?.lease_token === null, 'the first try')
    hop.script({})
    await clock.advance(-24 * 60 * minute)
    // Its timers were set in the time that was wrong; a real machine's go by another clock.
    mail.host.wakeWorker()
    await until(() => hop.arrived.length === 1, 'the second try', { each: async () => {
      if (clock.now() < after(2 * minute)) await clock.advance(second)
    } })
  })

  test('no more is claimed than there are connections for', async () => {
    const reply = Promise.withResolvers<string>()
    const one = await scene({ dot: () => reply.promise }, { worker: false })
    const all = await backlog(one, 25)
    one.mail.work()
    await one.hop.saw('dot', 20)
    await one.clock.advance(5 * second)
    expect((await listDeliveries(db)).filter((row) => row.lease_token !== null)).toHaveLength(20)
    reply.resolve('250 Ok')
    await until(async () => (await listDeliveries(db)).length === 0, 'the queue to be worked off', { each: () => one.clock.advance(second) })
    expect(one.hop.arrived).toHaveLength(all)
  })

  test('I13 a row that cannot be read waits, the others go', async () => {
    const one = await scene({}, { worker: false })
    await backlog(one, 2)
    const [first] = await listDeliveries(db)
    await sql`update messages set received_at = 'infinity' where id = ${first!.message_id}`.execute(db)
    one.mail.work()
    await until(() => one.hop.arrived.length >= 2, 'the good message')
    await until(async () => (await listDeliveries(db)).length === 2, 'the others to be settled')
    expect(await listHeldRows(db)).toEqual([])
  })
})

describe('leases', () => {
  test('two workers on one database never try the same delivery', async () => {
    const one = await scene({}, { worker: false })
    const other = await openMailProcess(url, { relay: one.hop.url, clock: one.clock, worker: false })
    const all = await backlog(one, 40)
    one.mail.work()
    other.work()
    await until(async () => (await listDeliveries(db)).length === 0, 'both to work the queue off', { each: () => one.clock.advance(second) })
    expect(one.hop.arrived).toHaveLength(all)
    expect(new Set(one.hop.arrived.map((copy) => copy.reversePath)).size).toBe(all)
    expect(await countMessages(db)).toBe(0)
  })

  test('the lease of a dead worker is taken over after 60 s, and not before', async () => {
    const one = await scene({ rcpt: '451 4.7.1 later' }, { worker: false })
    await one.mail.send({ to: one.to })
    await one.clock.advance(2 * minute)
    const dead = await claimDue(db, one.clock.now(), 10, 4711n)
    expect(dead).toHaveLength(1)
    one.hop.script({})
    one.mail.work()
    await one.clock.advance(59 * second)
    expect(await listDeliveries(db)).toMatchObject([{ lease_token: '4711' }])
    await until(() => one.hop.accepted.length === 1, 'another to take it over', { each: () => one.clock.advance(second) })
    await until(async () => (await listDeliveries(db)).length === 0, 'the end of the delivery')
  })

  test('F15 who lost the lease settles nothing', async () => {
    const one = await scene({ rcpt: '451 4.7.1 later' }, { worker: false })
    await one.mail.send({ to: one.to })
    await one.clock.advance(2 * minute)
    const [lost] = await claimDue(db, one.clock.now(), 10, 1n)
    await one.clock.advance(61 * second)
    const [mine] = await claimDue(db, one.clock.now(), 10, 2n)
    const before = await listActivityRows(db)
    await settle(one.mail.host, lost!, { kind: 'delivered', reply: '250 Ok' })
    await settle(one.mail.host, lost!, { kind: 'held', reason: 'refused', reply: '550 no' })
    await settle(one.mail.host, lost!, { kind: 'deferred', reply: '451', retryAt: after(0), unknown: false, tried: true })
    expect(await listDeliveries(db)).toMatchObject([{ lease_token: '2', state: 'queued' }])
    expect(await listHeldRows(db)).toEqual([])
    expect(await listActivityRows(db)).toEqual(before)
    await settle(one.mail.host, mine!, { kind: 'delivered', reply: '250 Ok' })
    expect(await listDeliveries(db)).toEqual([])
  })

  test('a long attempt keeps its lease', async () => {
    const reply = Promise.withResolvers<string>()
    const one = await scene({}, { worker: false })
    await backlog(one, 1)
    one.hop.script({ rcpt: () => reply.promise })
    one.mail.work()
    await one.hop.saw('rcpt', 2)
    await until(() => one.clock.now() >= after(5 * minute), 'five minutes', { each: () => one.clock.advance(second) })
    for (const row of await listDeliveries(db)) expect(row.lease_until!.getTime()).toBeGreaterThan(one.clock.now().getTime())
    reply.resolve('250 Ok')
    await until(async () => (await listDeliveries(db)).length === 0, 'the end of both')
    expect(one.hop.arrived).toHaveLength(2)
  })
})

describe('what the other side said is recorded', () => {
  test('however long the store is away: never a second copy', async () => {
    const reply = Promise.withResolvers<string>()
    const one = await scene({}, { worker: false })
    await backlog(one, 1)
    one.hop.script({ dot: () => reply.promise })
    one.mail.work()
    await one.hop.saw('dot', 2)
    await sql`alter table activity rename to activity_away`.execute(db)
    reply.resolve('250 Ok')
    await until(() => one.clock.now() >= after(3 * minute), 'three minutes', { each: () => one.clock.advance(second) })
    expect(await listDeliveries(db)).toHaveLength(2)
    await sql`alter table activity_away rename to activity`.execute(db)
    await until(async () => (await listDeliveries(db)).length === 0, 'both to be settled', { each: () => one.clock.advance(second) })
    expect(one.hop.arrived).toHaveLength(2)
  })

  test('an address that is forgotten with its mail meanwhile ends it quietly', async () => {
    const reply = Promise.withResolvers<string>()
    const one = await scene({}, { worker: false })
    await backlog(one, 1)
    one.hop.script({ dot: () => reply.promise })
    one.mail.work()
    await one.hop.saw('dot', 2)
    await sql`delete from deliveries`.execute(db)
    await sql`delete from message_chunks`.execute(db)
    await sql`delete from messages`.execute(db)
    reply.resolve('250 Ok')
    await until(() => one.mail.host.leases.held() === 0, 'the leases to be let go')
    expect((await one.mail.activity()).map((line) => line.kind)).toEqual(['created', 'queued', 'queued'])
  })
})

describe('the activity of cut-through', () => {
  test('is written within 200 ms, many lines in one transaction, and counted', async () => {
    const one = await scene({}, { worker: false })
    for (let n = 0; n < 5; n++) await one.mail.send({ to: one.to })
    expect(await listActivityRows(db)).toEqual([])
    await one.clock.advance(200)
    await until(async () => (await listActivityRows(db)).length === 5, 'the lines')
    const counts = await db.selectFrom('alias_counts as c').innerJoin('aliases as a', 'a.id', 'c.alias_id').select(['c.delivered', 'c.last_message_at'])
      .where('a.address', '=', one.to).executeTakeFirst()
    expect(counts).toEqual({ delivered: '5', last_message_at: start })
  })

  test('and at shutdown', async () => {
    const one = await scene()
    await one.mail.send({ to: one.to })
    await one.mail.stop()
    expect(await listActivityRows(db)).toMatchObject([{ kind: 'delivered' }])
  })

  test('waits in memory while the store is away, and is written when it is back', async () => {
    const one = await scene({}, { worker: false })
    await sql`alter table activity rename to activity_away`.execute(db)
    await one.mail.send({ to: one.to })
    await one.mail.host.recorder.flush()
    await sql`alter table activity_away rename to activity`.execute(db)
    await until(async () => (await listActivityRows(db)).length === 1, 'the line', { each: () => one.clock.advance(second) })
  })
})

describe('the end of the process', () => {
  test('attempts before the dot are queued at once, the sender hears 250, new commands 421', async () => {
    const one = await scene({ rcpt: 'hang' })
    const idle = await openSender(one.mail.port)
    const sending = one.mail.send({ to: one.to })
    await one.hop.saw('rcpt')
    const stopped = one.mail.stop()
    expect((await sending).dot).toMatch(/^250/)
    expect(await idle.reply()).toMatch(/^421 4\.3\.2/)
    await stopped
    expect(await listDeliveries(db)).toMatchObject([{ state: 'queued', attempts: 1, lease_token: null }])
    expect(one.hop.arrived).toEqual([])
  })

  test('what the worker has before its dot is given back and does not count as a try', async () => {
    const one = await scene({}, { worker: false })
    await backlog(one, 1)
    one.hop.script({ rcpt: 'hang' })
    one.mail.work()
    await one.hop.saw('rcpt', 2)
    await one.mail.stop()
    expect(await listDeliveries(db)).toMatchObject([{ state: 'queued', attempts: 0, lease_token: null }, { state: 'queued', attempts: 0, lease_token: null }])
  })

  test('what is past its dot is stored as awaiting the reply', async () => {
    const one = await scene({ dot: 'hang' })
    const sending = one.mail.send({ to: one.to })
    await one.hop.saw('dot')
    const stopped = one.mail.stop()
    expect((await sending).dot).toMatch(/^250/)
    await stopped
    expect(await listDeliveries(db)).toMatchObject([{ state: 'sent', attempts: 1 }])
    await until(() => one.hop.connections.now === 0, 'the connection to be let go')
  })
})
