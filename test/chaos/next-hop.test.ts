// Next hops that misbehave, under load and for hours of the test's own time: what was answered 250 is delivered, queued or held, and when the
// next hop is well again nothing is left in the queue. Only an outcome that nobody can know makes a second copy (HOUSE.md section 1, rule c).
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { burnAlias } from '../../src/flow/burn-alias.ts'
import { expectAllAnswered, expectNothingLost, recipientsOf, scale, sendAll } from '../support/chaos-place.ts'
import { createDatabase } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { openMailProcess } from '../support/mail-process.ts'
import { emptyMail, listHeldRows } from '../support/mail-rows.ts'
import { openNextHop, type Answer, type NextHop, type Script } from '../support/next-hop.ts'
import { fateOf } from '../support/trace-letters.ts'
import { until } from '../support/until.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

const second = 1_000
const messages = 100 * scale

/** Every `n`th time it does what is told, else it is well. */
const often = (n: number, fault: Answer, well: string): (() => Answer) => {
  let times = 0
  return () => (++times % n === 0 ? fault : well)
}

type Told = { readonly hop: NextHop; readonly reasons: ReadonlySet<string>; readonly duplicates: number; readonly unknown: number }

let people = 0
/** Sends all of it against the script, lets time go by, mends the next hop and lets time go by again. */
async function run(name: string, script: Script): Promise<Told> {
  const hop = await openNextHop(script)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock(new Date())
  const mail = await openMailProcess(url, { relay: hop.url, clock })
  const account = await mail.account(`hal${++people}`)
  const [one, two, burned] = [await mail.alias(account), await mail.alias(account), await mail.alias(account)]
  await burnAlias(mail.host, { accountId: account.id, uuid: burned.uuid })
  const sending = sendAll(mail.port, name, recipientsOf(one.address, two.address, burned.address), { messages })
  // Ten seconds pass in a moment: without this the database would not get round to a lease before it is over.
  const pass = async (): Promise<void> => {
    await clock.advance(10 * second)
    await mail.host.leases.renew()
  }
  const patience = { each: pass, milliseconds: 60_000 * scale }
  let over = false
  void sending.done.then(() => { over = true })
  await until(() => over, 'all to be answered', patience)
  await expectAllAnswered(sending, messages)
  const fixAt = clock.now().getTime() + 1_200 * second
  await until(() => clock.now().getTime() > fixAt, 'twenty minutes of it', patience)
  hop.script({})
  const rows = (): Promise<unknown[]> => db.selectFrom('deliveries').select('id').limit(1).execute()
  await until(async () => (await rows()).length === 0, 'the queue to be worked off', patience)
  const unknown = await db.selectFrom('activity').select('id').where('reason', 'in', ['possibly-delivered', 'unconfirmed'])
    .where('account_id', '=', account.id).execute()
  const fate = await fateOf(sending.answered, hop, db)
  expectNothingLost(name, fate, unknown.length)
  const held = (await listHeldRows(db)).filter((row) => row.alias_id !== burned.id)
  return { hop, reasons: new Set(held.map((row) => row.reason)), duplicates: fate.duplicates, unknown: unknown.length }
}

test('a next hop that hangs before and after the dot', async () => {
  const { reasons } = await run('hangs', { rcpt: often(17, 'hang', '250 Ok'), dot: often(13, 'hang', '250 Ok') })
  expect([...reasons].filter((reason) => reason !== 'unconfirmed')).toEqual([])
})

test('that resets its connections', async () => {
  const { reasons } = await run('resets', { mail: often(11, 'reset', '250 Ok'), data: often(7, 'reset', '354 Go on') })
  expect([...reasons]).toEqual([])
})

test('that answers 4xx to anything', async () => {
  const { reasons, duplicates } = await run('4xx', {
    greeting: often(5, '421 4.3.2 busy', '220 sink.example'), mail: often(7, '451 4.3.0 later', '250 Ok'), rcpt: often(3, '450 4.7.1 greylisted', '250 Ok'),
    data: often(11, '451 4.3.0 later', '354 Go on'), dot: often(5, '452 4.2.2 full', '250 Ok'),
  })
  expect([[...reasons], duplicates]).toEqual([[], 0])
})

test('that answers 5xx to anything: held as refused', async () => {
  const { reasons, duplicates } = await run('5xx', {
    greeting: often(5, '554 5.3.2 no service', '220 sink.example'), mail: often(7, '550 5.7.1 no', '250 Ok'), rcpt: often(3, '550 5.1.1 nobody', '250 Ok'),
    data: often(11, '554 5.6.0 no', '354 Go on'), dot: often(5, '554 5.7.1 spam', '250 Ok'),
  })
  expect([[...reasons], duplicates]).toEqual([['refused'], 0])
})

test('that says half a reply and nothing more', async () => {
  const { reasons } = await run('half a reply', {
    ehlo: often(5, { raw: '250-sink.exa' }, '250-sink.example\r\n250 PIPELINING'),
    rcpt: often(9, { raw: '25' }, '250 Ok'), dot: often(13, { raw: '250 2.0' }, '250 Ok'),
  })
  expect([...reasons].filter((reason) => reason !== 'unconfirmed')).toEqual([])
})

test.each(['close', 'reset'] as const)('G07 that takes a message and drops the connection before its 250 (%s): possibly delivered, never lost', async (how) => {
  const { reasons, duplicates, unknown } = await run(`drops by ${how}`, { dot: often(5, how, '250 Ok') })
  expect([...reasons].filter((reason) => reason !== 'unconfirmed')).toEqual([])
  expect(unknown).toBeGreaterThan(0)
  expect(duplicates).toBeLessThanOrEqual(unknown)
})
