// HOUSE.md section 1, "Cut-through": rules a, b and c to the letter, and what happens when the store fails in them.
import { sql } from 'kysely'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { countMessages, emptyMail, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type NextHop, type Script } from '../../support/next-hop.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

const second = 1_000
const minute = 60 * second
const start = new Date('2026-01-01T00:00:00Z')
const after = (ms: number): Date => new Date(start.getTime() + ms)

let people = 0
type Scene = { readonly hop: NextHop; readonly clock: FakeClock; readonly mail: MailProcess; readonly to: string }

async function scene(script: Script, options: { readonly worker?: boolean } = {}): Promise<Scene> {
  const hop = await openNextHop(script)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock(start)
  const mail = await openMailProcess(url, { relay: hop.url, clock, ...options })
  const alias = await mail.alias(await mail.account(`ann${++people}`))
  await emptyMail(db)
  return { hop, clock, mail, to: alias.address }
}

const kinds = async (mail: MailProcess) => (await mail.activity()).map((line) => [line.kind, line.reason].filter(Boolean).join(' '))

describe('rule a: slow before our final dot', () => {
  const phases = ['greeting', 'ehlo', 'mail', 'rcpt', 'data'] as const
  test.each(phases)('G12 the connection is dropped at 25 s, stored, queued, 250; silence at %s', async (phase) => {
    const { hop, clock, mail, to } = await scene({ [phase]: 'hang' })
    const sending = mail.send({ to })
    await hop.saw(phase)
    await clock.advance(25 * second - 1)
    expect(await listDeliveries(db)).toEqual([])
    await clock.advance(1)
    expect((await sending).dot).toMatch(/^250/)
    expect(await listDeliveries(db)).toMatchObject([
      { state: 'queued', attempts: 1, unknown_outcomes: 0, next_attempt_at: after(25 * second + minute), last_reply: 'The next hop was too slow.' },
    ])
    await until(() => hop.connections.now === 0, 'the connection to be dropped')
    hop.script({})
    await clock.advance(minute - second)
    expect(hop.arrived).toEqual([])
    await until(() => hop.accepted.length === 1, 'the first retry', { each: () => clock.advance(second) })
    await until(async () => (await listDeliveries(db)).length === 0, 'the queue to be empty')
    expect(hop.arrived).toHaveLength(1)
    expect(await kinds(mail)).toEqual(['queued', 'delivered'])
  })

  test('a greeting that takes its time is no trouble as long as the 25 s hold', async () => {
    const greeting = Promise.withResolvers<string>()
    const { hop, clock, mail, to } = await scene({ greeting: () => greeting.promise })
    const sending = mail.send({ to })
    await hop.saw('greeting')
    await clock.advance(20 * second)
    greeting.resolve('220 here I am')
    expect((await sending).dot).toMatch(/^250/)
    expect(await kinds(mail)).toEqual(['delivered'])
  })
})

describe('rule a in the middle of a message', () => {
  test('a next hop that stops reading never had our dot: dropped, queued, 250', async () => {
    const { hop, clock, mail, to } = await scene({})
    hop.script({ data: () => {
      hop.stopReading()
      return '354 Go on'
    } })
    const sending = mail.send({ to, message: letter('long') + `${'x'.repeat(998)}\r\n`.repeat(20_000) })
    await hop.saw('data')
    await clock.advance(25 * second)
    expect((await sending).dot).toMatch(/^250/)
    expect(await listDeliveries(db)).toMatchObject([{ state: 'queued', unknown_outcomes: 0, next_attempt_at: after(25 * second + minute) }])
    hop.script({})
    await until(() => hop.accepted.length === 1, 'the first retry', { each: () => clock.advance(second) })
    expect(hop.arrived).toHaveLength(1)
  })
})

describe('rule b: slow after our final dot', () => {
  const sizes = [['small', 100], ['in a spool file', 400_000]] as const
  test.each(sizes)('%s: stored as sent, 250; its late 250 settles it, and there is never a second copy', async (_name, size) => {
    const reply = Promise.withResolvers<string>()
    const { hop, clock, mail, to } = await scene({ dot: () => reply.promise })
    const sending = mail.send({ to, message: letter('late') + 'line\r\n'.repeat(size / 6) })
    await hop.saw('dot')
    await clock.advance(25 * second)
    expect((await sending).dot).toMatch(/^250/)
    expect(await listDeliveries(db)).toMatchObject([{ state: 'sent', attempts: 1, lease_until: after(85 * second) }])
    await until(() => clock.now() >= after(9 * minute), 'nine minutes', { each: () => clock.advance(second) })
    expect(await listDeliveries(db)).toMatchObject([{ state: 'sent', attempts: 1 }])
    reply.resolve('250 2.0.0 at last')
    await until(async () => (await listDeliveries(db)).length === 0, 'the late reply to settle it')
    expect(hop.arrived).toHaveLength(1)
    expect(hop.count('mail')).toBe(1)
    expect(await kinds(mail)).toEqual(['queued', 'delivered'])
    expect(await countMessages(db)).toBe(0)
  })

  test('its late refusal holds it, its late 4xx defers it', async () => {
    const replies = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
    const { hop, clock, mail, to } = await scene({ dot: () => replies[hop.count('dot') - 1]!.promise })
    const sending = [mail.send({ to })]
    await hop.saw('dot', 1)
    sending.push(mail.send({ to }))
    await hop.saw('dot', 2)
    await clock.advance(25 * second)
    await Promise.all(sending)
    replies[0]!.resolve('554 5.7.1 spam')
    replies[1]!.resolve('451 4.3.0 later')
    await until(async () => (await listHeldRows(db)).length === 1, 'the refusal to be held')
    await until(async () => (await listDeliveries(db))[0]?.state === 'queued', 'the 4xx to be deferred')
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'refused', reason_text: 'Your inbox refused it: 554 5.7.1 spam' }])
    expect(await listDeliveries(db)).toMatchObject([{ attempts: 1, unknown_outcomes: 0, last_reply: '451 4.3.0 later' }])
  })

  test('no reply within 10 minutes of the dot is an unknown outcome', async () => {
    const { hop, clock, mail, to } = await scene({ dot: 'hang' })
    const sending = mail.send({ to })
    await hop.saw('dot')
    await clock.advance(25 * second)
    await sending
    const state = async () => (await listDeliveries(db))[0]
    await until(async () => (await state())?.state === 'queued', 'the patience to end', { each: () => clock.advance(second) })
    expect(await state()).toMatchObject({ unknown_outcomes: 1, last_reply: 'No reply after the message was sent.' })
    expect((await state())!.next_attempt_at.getTime()).toBeGreaterThanOrEqual(after(20 * minute).getTime())
    expect(await kinds(mail)).toEqual(['queued', 'deferred possibly-delivered'])
    expect(hop.arrived).toHaveLength(1)
  })

  test('the same from the queue: after 25 s it is marked as sent, and its late 250 settles it', async () => {
    const reply = Promise.withResolvers<string>()
    const { hop, clock, mail, to } = await scene({ rcpt: '451 4.7.1 later' })
    await mail.send({ to })
    hop.script({ dot: () => reply.promise })
    await until(() => hop.count('dot') === 1, 'the retry', { each: () => clock.advance(second) })
    const isSent = async () => (await listDeliveries(db))[0]?.state === 'sent'
    expect(await isSent()).toBe(false)
    await until(isSent, 'the row to say that the dot is out', { each: () => clock.advance(second) })
    await until(() => clock.now() >= after(8 * minute), 'more minutes', { each: () => clock.advance(second) })
    reply.resolve('250 Ok')
    await until(async () => (await listDeliveries(db)).length === 0, 'the late reply to settle it')
    expect(hop.arrived).toHaveLength(1)
  })
})

describe('rule c: the connection broke after our final dot', () => {
  test.each(['close', 'reset'] as const)('G07 %s: stored, 250, next try after 10 minutes, possibly delivered; so at most one duplicate', async (how) => {
    const { hop, clock, mail, to } = await scene({ dot: how })
    expect((await mail.send({ to })).dot).toMatch(/^250/)
    expect(await listDeliveries(db)).toMatchObject([{ state: 'queued', attempts: 1, unknown_outcomes: 1, next_attempt_at: after(10 * minute) }])
    expect(await kinds(mail)).toEqual(['queued possibly-delivered'])
    hop.script({})
    await clock.advance(10 * minute - second)
    expect(hop.arrived).toHaveLength(1)
    await until(() => hop.accepted.length === 1, 'the retry', { each: () => clock.advance(second) })
    expect(hop.arrived).toHaveLength(2)
    await until(async () => (await listDeliveries(db)).length === 0, 'the end of the delivery')
  })

  test('G07 a second unknown outcome is held as unconfirmed, and not tried again', async () => {
    const { hop, clock, mail, to } = await scene({ dot: 'close' })
    await mail.send({ to })
    await until(async () => (await listHeldRows(db)).length === 1, 'the second unknown outcome', { each: () => clock.advance(10 * second) })
    expect(await listHeldRows(db)).toMatchObject([{ reason: 'unconfirmed' }])
    expect(await listDeliveries(db)).toEqual([])
    expect(await kinds(mail)).toEqual(['queued possibly-delivered', 'held unconfirmed'])
    expect(hop.arrived).toHaveLength(2)
  })

  test('half a reply to the dot is no reply', async () => {
    const { hop, clock, mail, to } = await scene({ dot: { raw: '25' } })
    const sending = mail.send({ to })
    await hop.saw('dot')
    hop.hangUp()
    expect((await sending).dot).toMatch(/^250/)
    expect(await listDeliveries(db)).toMatchObject([{ unknown_outcomes: 1, next_attempt_at: after(10 * minute) }])
    expect(clock.now()).toEqual(start)
  })

  test('found awaiting the reply after its process is gone: an unknown outcome', async () => {
    const { hop, clock, mail, to } = await scene({ dot: 'hang' })
    const sending = mail.send({ to })
    await hop.saw('dot')
    await clock.advance(25 * second)
    await sending
    await mail.stop()
    expect(await listDeliveries(db)).toMatchObject([{ state: 'sent', lease_until: after(85 * second) }])
    const later = createFakeClock(after(84 * second))
    const next = await openMailProcess(url, { relay: hop.url, clock: later })
    await later.advance(second)
    await until(async () => (await listDeliveries(db))[0]?.state === 'queued', 'the next process to find it', { each: () => later.advance(second) })
    const [row] = await listDeliveries(db)
    expect(row).toMatchObject({ unknown_outcomes: 1, attempts: 1 })
    expect(row!.next_attempt_at.getTime()).toBeGreaterThanOrEqual(after(85 * second + 10 * minute).getTime())
    expect(await kinds(next)).toEqual(['queued', 'deferred possibly-delivered'])
  })
})

describe('the store fails meanwhile: 451 4.3.0, nothing is promised', () => {
  async function withoutStore(work: () => Promise<void>): Promise<void> {
    await sql`alter table messages rename to messages_away`.execute(db)
    try {
      await work()
    } finally {
      await sql`alter table messages_away rename to messages`.execute(db)
    }
  }

  test.each([['a', 'rcpt', 'hang'], ['b', 'dot', 'hang'], ['c', 'dot', 'close']] as const)('in rule %s', async (_rule, phase, answer) => {
    const { hop, clock, mail, to } = await scene({ [phase]: answer }, { worker: false })
    await withoutStore(async () => {
      const sending = mail.send({ to })
      await hop.saw(phase)
      await clock.advance(25 * second)
      expect((await sending).dot).toBe('451 4.3.0 Try again later')
    })
    expect(await listDeliveries(db)).toEqual([])
  })

  test('delivered while the sender waits needs no store at all', async () => {
    const { mail, to } = await scene({}, { worker: false })
    await mail.send({ to })
    await withoutStore(async () => {
      expect((await mail.send({ to })).dot).toMatch(/^250/)
    })
  })
})
