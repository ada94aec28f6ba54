// What a next hop can say or fail to say, and what becomes of the message: the catalogue's group G.
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { retryNow } from '../../../src/store/deliveries.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { emptyMail, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
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

async function scene(script: Script, options: { readonly worker?: boolean; readonly extensions?: readonly string[] } = {}): Promise<Scene> {
  const hop = await openNextHop(script, options)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock(start)
  const mail = await openMailProcess(url, { relay: hop.url, clock, worker: options.worker ?? false })
  const alias = await mail.alias(await mail.account(`bob${++people}`))
  await emptyMail(db)
  return { hop, clock, mail, to: alias.address }
}

const deferred = async (): Promise<string | null> => {
  const rows = await listDeliveries(db)
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ state: 'queued', attempts: 1, unknown_outcomes: 0 })
  const wait = rows[0]!.next_attempt_at.getTime() - start.getTime()
  expect(wait).toBeGreaterThanOrEqual(minute)
  expect(wait).toBeLessThanOrEqual(1.2 * minute)
  expect(await listHeldRows(db)).toEqual([])
  return rows[0]!.last_reply
}

const held = async (): Promise<readonly { reason: string; reason_text: string }[]> => {
  expect(await listDeliveries(db)).toEqual([])
  return (await listHeldRows(db)).map(({ reason, reason_text }) => ({ reason, reason_text }))
}

/** Was the next message tried while its sender waited? */
async function isPaused({ hop, mail, to }: Scene): Promise<boolean> {
  const before = hop.connections.ever + hop.count('mail')
  await mail.send({ to })
  return hop.connections.ever + hop.count('mail') === before
}

describe('replies', () => {
  test.each([
    ['421', '421 4.3.2 busy'], ['450', '450 4.7.1 slow down'], ['554', '554 5.7.1 not you'], ['binary', '\u0000\u0001\u0002\u00ff'],
  ])('G01 greeting %s: deferred', async (_name, greeting) => {
    const { mail, to } = await scene({ greeting })
    expect((await mail.send({ to })).dot).toMatch(/^250/)
    await deferred()
  })

  test('G01 no greeting but the end: deferred', async () => {
    const { mail, to } = await scene({ greeting: 'close' })
    await mail.send({ to })
    expect(await deferred()).toBe('The connection to the next hop broke.')
  })

  test('G02 EHLO 500, then HELO 250: delivered', async () => {
    const { hop, mail, to } = await scene({ ehlo: '500 5.5.1 What?' })
    expect((await mail.send({ to })).dot).toMatch(/^250/)
    expect(hop.accepted).toHaveLength(1)
    expect(await listDeliveries(db)).toEqual([])
  })

  test.each([
    ['G03 MAIL 451', { mail: '451 4.3.0 later' }],
    ['G05 RCPT 552 5.2.2', { rcpt: '552 5.2.2 mailbox full' }],
    ['G06 DATA 451', { data: '451 4.3.0 later' }],
    ['G06 451 after the dot', { dot: '451 4.3.0 later' }],
    ['G06 452 4.2.2 after the dot', { dot: '452 4.2.2 full' }],
  ] satisfies [string, Script][])('%s: deferred, with what was said', async (_name, script) => {
    const { mail, to } = await scene(script)
    expect((await mail.send({ to })).dot).toMatch(/^250/)
    expect(await deferred()).toBe(Object.values(script)[0])
  })

  test.each([
    ['G03 MAIL 550', { mail: '550 5.7.1 not from you' }],
    ['G03 MAIL 552', { mail: '552 5.3.4 too big' }],
    ['G05 RCPT 550 5.1.1', { rcpt: '550 5.1.1 no such user' }],
    ['G05 RCPT 550 5.7.1', { rcpt: '550 5.7.1 blocked' }],
    ['G06 DATA 554', { data: '554 5.6.0 no' }],
    ['G06 554 after the dot', { dot: '554 5.7.1 spam' }],
  ] satisfies [string, Script][])('%s: held for the owner, 250 for the sender', async (_name, script) => {
    const { mail, to } = await scene(script)
    expect((await mail.send({ to })).dot).toMatch(/^250/)
    expect(await held()).toEqual([{ reason: 'refused', reason_text: `Your inbox refused it: ${Object.values(script)[0]}` }])
  })

  test.each([false, true])('G19 5xx to RCPT, RSET, then a delivery on the same connection; PIPELINING: %s', async (pipelining) => {
    let refusals = 0
    const script: Script = { rcpt: () => refusals++ === 0 ? '550 5.1.1 no such user' : '250 Ok' }
    const { hop, mail, to } = await scene(script, { extensions: pipelining ? ['PIPELINING'] : [] })
    await mail.send({ to })
    expect(await held()).toHaveLength(1)
    await hop.saw('rset')
    await mail.send({ to })
    expect(hop.accepted).toHaveLength(1)
    expect(hop.accepted[0]!.forwardPaths).toHaveLength(1)
    expect(hop.connections.ever).toBe(1)
  })

  test.each(['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'dot'] as const)('G08 421 at %s: deferred, and the connection is closed', async (phase) => {
    const one = await scene({ [phase]: '421 4.3.2 going down' })
    await one.mail.send({ to: one.to })
    expect(await deferred()).toBe('421 4.3.2 going down')
    await until(() => one.hop.connections.now === 0, 'the connection to be closed')
    expect(await isPaused(one)).toBe(true)
  })

  test('G04 greylisted for 300 s: tried again after 60 s and within 15 minutes, same reverse-path, one copy', async () => {
    const seen = new Map<string, number>()
    let clock: FakeClock | undefined
    let envelope = ''
    const made = await scene({
      mail: ({ line }) => {
        envelope = line.replace(/ .*?(?= |$)/, '')
        return '250 Ok'
      },
      rcpt: ({ line }) => {
        const now = clock!.now().getTime()
        const first = seen.get(envelope + line) ?? now
        seen.set(envelope + line, first)
        return now - first < 300 * second ? '450 4.7.1 greylisted' : '250 Ok'
      },
    }, { worker: true })
    clock = made.clock
    const { hop, mail, to } = made
    expect((await mail.send({ to })).dot).toMatch(/^250/)
    expect(await deferred()).toBe('450 4.7.1 greylisted')
    await until(() => hop.accepted.length === 1, 'the greylist to let it in', { each: () => made.clock.advance(second) })
    expect(made.clock.now().getTime()).toBeLessThanOrEqual(after(15 * minute).getTime())
    expect(seen.size).toBe(1)
    await until(async () => (await listDeliveries(db)).length === 0, 'the end of the delivery')
    expect(hop.arrived).toHaveLength(1)
  })

  test('choice 16: 8-bit mail to a next hop without 8BITMIME, and UTF-8 headers without SMTPUTF8, are held as unsupported', async () => {
    const { hop, mail, to } = await scene({}, { extensions: ['PIPELINING'] })
    await mail.send({ to, message: 'From: a@shop.example\r\nSubject: x\r\n\r\nGr\u00fc\u00dfe\r\n', parameters: 'BODY=8BITMIME' })
    expect(await held()).toMatchObject([{ reason: 'unsupported' }])
    await mail.send({ to, parameters: 'SMTPUTF8' })
    expect(await held()).toMatchObject([{ reason: 'unsupported' }, { reason: 'unsupported' }])
    expect(hop.count('mail')).toBe(0)
  })
})

describe('connections', () => {
  test('are kept and reused', async () => {
    const { hop, mail, to } = await scene({})
    for (let n = 0; n < 3; n++) await mail.send({ to })
    expect(hop.connections.ever).toBe(1)
    expect(hop.accepted).toHaveLength(3)
  })

  test.each(['close', 'reset'] as const)('a kept one that died (%s) is noticed before use: the message goes out on a fresh one', async (how) => {
    const { hop, mail, to } = await scene({})
    await mail.send({ to })
    hop.hangUp(how)
    await until(() => hop.connections.now === 0, 'the connection to end')
    expect((await mail.send({ to })).dot).toMatch(/^250/)
    expect(hop.accepted).toHaveLength(2)
    expect(await listDeliveries(db)).toEqual([])
  })

  test('G08 an unsolicited 421 on a kept connection ends it, not the next message', async () => {
    const { hop, mail, to } = await scene({})
    await mail.send({ to })
    hop.say('421 4.4.2 idle for too long')
    await until(() => hop.connections.now === 0, 'the connection to be closed')
    await mail.send({ to })
    expect(hop.accepted).toHaveLength(2)
    expect(await listDeliveries(db)).toEqual([])
  })

  test.each([{ reply: '421 4.4.2 enough messages', andEnd: 'close' }, 'close', 'reset'] as const)(
    'a kept one that ends at MAIL (%o): the message goes out on a fresh one, and the next hop is not in trouble', async (end) => {
      const one = await scene({})
      await one.mail.send({ to: one.to })
      one.hop.script({ mail: ({ connection }) => connection === 1 ? end : '250 Ok' })
      await one.mail.send({ to: one.to })
      expect(one.hop.accepted).toHaveLength(2)
      expect(await listDeliveries(db)).toEqual([])
      expect(await isPaused(one)).toBe(false)
    })

  test('at most 20; who finds none free within 2 s goes to the queue, and that is no trouble of the next hop', async () => {
    const reply = Promise.withResolvers<string>()
    const { hop, clock, mail, to } = await scene({ dot: () => reply.promise })
    const sending = Array.from({ length: 25 }, () => mail.send({ to }))
    await hop.saw('dot', 20)
    // The others come when they come: 2 s for each, and the 25 s of the first 20 are far.
    await until(async () => (await listDeliveries(db)).length === 5, 'the others to be queued', { each: () => clock.advance(20) })
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(after(2 * second).getTime())
    for (const row of await listDeliveries(db)) expect(row).toMatchObject({ attempts: 0, last_reply: null })
    reply.resolve('250 Ok')
    for (const { dot } of await Promise.all(sending)) expect(dot).toMatch(/^250/)
    expect(hop.connections.most).toBe(20)
    expect(hop.accepted).toHaveLength(20)
    mail.work()
    await until(() => hop.accepted.length === 25, 'the queue to be worked off')
    expect(hop.connections.most).toBe(20)
  })

  test('one whose RSET gets no answer is given up', async () => {
    const { hop, clock, mail, to } = await scene({ rcpt: '550 5.1.1 no', rset: 'hang' })
    await mail.send({ to })
    await hop.saw('rset')
    expect(mail.host.relay.room()).toBe(19)
    await clock.advance(10 * second)
    expect(mail.host.relay.room()).toBe(20)
    await until(() => hop.connections.now === 0, 'the connection to be dropped')
  })

  test('half of the ingress connections may wait for next hops, the next one is queued at once', async () => {
    const reply = Promise.withResolvers<string>()
    const { hop, clock, mail, to } = await scene({ dot: () => reply.promise })
    const sending = Array.from({ length: 260 }, () => mail.send({ to }))
    await hop.saw('dot', 20)
    // Time stands still: 20 have a connection, 230 wait for one, and nobody is queued but those who came when 250 waited.
    await until(async () => (await listDeliveries(db)).length === 10, 'the last ten to be queued')
    await until(async () => (await listDeliveries(db)).length === 240, 'those without a connection', { each: () => clock.advance(20) })
    reply.resolve('250 Ok')
    for (const { dot } of await Promise.all(sending)) expect(dot).toMatch(/^250/)
    expect(hop.accepted).toHaveLength(20)
    expect(await listDeliveries(db)).toHaveLength(240)
  }, 60_000)
})

describe('a next hop in trouble', () => {
  test('refused: not tried inline for 30 s, its mail goes straight to the queue; then one tries, and all are well', async () => {
    const one = await scene({})
    const { hop, clock, mail, to } = one
    await hop.goAway()
    await mail.send({ to })
    expect(await deferred()).toBe('The next hop refused the connection.')
    await hop.listenAgain()
    await clock.advance(30 * second - 1)
    expect(await isPaused(one)).toBe(true)
    expect(await listDeliveries(db)).toMatchObject([{ attempts: 1 }, { attempts: 0, next_attempt_at: after(30 * second - 1) }])
    await clock.advance(1)
    expect(await isPaused(one)).toBe(false)
    expect(hop.accepted).toHaveLength(1)
  })

  test('one probe at a time from the queue; when it is through the rest follow', async () => {
    const greeting = Promise.withResolvers<string>()
    const { hop, clock, mail, to } = await scene({})
    await hop.goAway()
    await mail.send({ to })
    await hop.listenAgain()
    hop.script({ greeting: () => greeting.promise })
    for (let n = 0; n < 5; n++) await mail.send({ to })
    mail.work()
    await until(() => hop.count('greeting') === 1, 'a probe', { each: () => clock.advance(second) })
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(after(30 * second).getTime())
    await clock.advance(10 * second)
    expect(hop.connections.now).toBe(1)
    // Nothing is claimed and given back in circles while the probe is out.
    expect((await listDeliveries(db)).filter((row) => row.lease_token !== null)).toHaveLength(1)
    hop.script({})
    greeting.resolve('220 back again')
    await until(() => hop.accepted.length === 6, 'all six', { each: () => clock.advance(second) })
    expect(hop.arrived).toHaveLength(6)
  })

  test('while it is down it is tried after 30 s, 60 s and so on, by one message at a time; the others wait and are not tried', async () => {
    const { hop, clock, mail, to } = await scene({ greeting: '421 4.3.2 down' })
    for (let n = 0; n < 20; n++) await mail.send({ to })
    mail.work()
    const tries: number[] = []
    await until(() => {
      if (hop.connections.ever > tries.length) tries.push((clock.now().getTime() - start.getTime()) / second)
      return tries.length === 6
    }, 'six tries', { each: () => clock.advance(5 * second) })
    // Not a second earlier; how much later a look takes is not asserted.
    for (const [n, pause] of [30, 60, 120, 240, 480].entries()) expect(tries[n + 1]! - tries[n]!).toBeGreaterThanOrEqual(pause)
    expect(hop.connections.ever).toBe(6)
    expect((await listDeliveries(db)).reduce((sum, row) => sum + row.attempts, 0)).toBe(6)
    hop.script({})
    await until(() => hop.accepted.length === 20, 'all of them', { each: () => clock.advance(second) })
    expect(hop.arrived).toHaveLength(20)
  })

  test('`burnbox queue retry` ends the pause: a probe goes out at once, and when it is through the rest follow', async () => {
    const { hop, clock, mail, to } = await scene({})
    await hop.goAway()
    for (let n = 0; n < 3; n++) await mail.send({ to })
    mail.work()
    await hop.listenAgain()
    await clock.advance(5 * second)
    expect(hop.connections.ever).toBe(0)
    await retryNow(db, clock.now(), 'all')
    await until(() => hop.accepted.length === 3, 'all three', { each: () => clock.advance(100) })
    expect(clock.now().getTime()).toBeLessThan(after(30 * second).getTime())
  })

  test('what is 15 minutes past its end is held as expired, though the probes never got to it', async () => {
    const { hop, clock, mail, to } = await scene({ greeting: '421 4.3.2 down' })
    for (let n = 0; n < 40; n++) await mail.send({ to })
    await db.updateTable('deliveries').set({ expires_at: after(minute) }).execute()
    mail.work()
    await until(async () => (await listHeldRows(db)).length === 40, 'all to be held', { each: () => clock.advance(5 * second) })
    expect(new Set((await listHeldRows(db)).map((row) => row.reason))).toEqual(new Set(['expired']))
    expect(hop.connections.ever).toBeLessThan(10)
    expect(clock.now().getTime()).toBeGreaterThanOrEqual(after(15 * minute).getTime())
  })

  test('a timeout is trouble too', async () => {
    const one = await scene({ rcpt: 'hang' })
    const sending = one.mail.send({ to: one.to })
    await one.hop.saw('rcpt')
    await one.clock.advance(25 * second)
    await sending
    expect(await isPaused(one)).toBe(true)
  })

  test.each([{ rcpt: '451 4.7.1 later' }, { rcpt: '550 5.1.1 no' }, { dot: '452 4.2.2 full' }])('a refusal of one message is not: %o', async (script) => {
    const one = await scene(script)
    await one.mail.send({ to: one.to })
    expect(await isPaused(one)).toBe(false)
  })
})
