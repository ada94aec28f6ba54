// What comes to our VERP addresses: bounces find their delivery, everything else is noted for the owner, and nothing of it leaves again.
import { describe, expect, onTestFinished, test } from 'vitest'
import { releaseHeld } from '../../../src/flow/release-held.ts'
import { verpLocalPart } from '../../../src/mail/return-path.ts'
import { inboxesOf } from '../../../src/store/inboxes.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { letter, openMailProcess, type Account, type MailProcess } from '../../support/mail-process.ts'
import { emptyMail, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type Arrived, type NextHop } from '../../support/next-hop.ts'
import { openSender } from '../../support/sender.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()

const day = 86_400_000

let people = 0
type Scene = {
  readonly hop: NextHop
  readonly clock: FakeClock
  readonly mail: MailProcess
  readonly account: Account
  readonly alias: string
  readonly inbox: string
  /** A forward, as its server got it. */
  readonly sent: Arrived
}

async function scene(): Promise<Scene> {
  await emptyMail(db)
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock()
  const mail = await openMailProcess(url, { relay: hop.url, clock })
  const name = `person${++people}`
  const account = await mail.account(name)
  const { address: alias } = await mail.alias(account)
  await mail.send({ to: alias, message: letter('An order') })
  await mail.host.recorder.flush()
  return { hop, clock, mail, account, alias, inbox: `${name}@home.example`, sent: hop.accepted[0]! }
}

const headerOf = (message: Arrived): string => message.bytes.subarray(0, message.bytes.indexOf('\r\n\r\n') + 2).toString()

const fieldsOf = (message: Arrived): readonly string[] => headerOf(message).split(/\r\n(?![ \t])/)

const bounce = (recipient: string, original: readonly string[]): string => [
  'From: mailer-daemon@home.example', 'Subject: Undelivered', 'Auto-Submitted: auto-replied', 'MIME-Version: 1.0',
  'Content-Type: multipart/report; boundary=b; report-type=delivery-status', '',
  '--b', 'Content-Type: text/plain', '', 'It did not work.', '--b', 'Content-Type: message/delivery-status', '',
  'Reporting-MTA: dns; home.example', '', `Final-Recipient: rfc822; ${recipient}`, 'Action: failed', 'Status: 5.1.1', '',
  '--b', ...original, '--b--', '',
].join('\r\n')
const whole = (sent: Arrived): readonly string[] => ['Content-Type: message/rfc822', '', sent.bytes.toString()]
const headerAlone = (sent: Arrived): readonly string[] => ['Content-Type: text/rfc822-headers', '', headerOf(sent)]

describe('G20 a bounce to our VERP address', () => {
  test('finds its delivery; the original is held, released it goes to the inbox and nowhere else', async () => {
    const { hop, clock, mail, account, alias, inbox, sent } = await scene()
    expect((await mail.send({ from: '', to: sent.reversePath, message: bounce(inbox, whole(sent)) })).dot).toMatch(/^250 /)
    const lines = await mail.activity()
    const delivery = lines.find(({ kind }) => kind === 'delivered')?.delivery_id
    expect(lines.at(-1)).toMatchObject({ kind: 'bounced', reason: 'failed', reply: '5.1.1', alias_address: alias, delivery_id: delivery })
    const [held] = await listHeldRows(db)
    expect(held).toMatchObject({ reason: 'refused' })
    expect(hop.arrived).toHaveLength(1)
    await releaseHeld(mail.host, { accountId: account.id, heldUuid: held!.uuid })
    await until(async () => (await listDeliveries(db)).length === 0, 'the release', { each: () => clock.advance(1_000) })
    expect(hop.arrived.map(({ forwardPaths }) => forwardPaths)).toEqual([[inbox], [inbox]])
    const again = hop.arrived[1]!
    expect(again.bytes.subarray(again.bytes.indexOf('\r\n\r\n'))).toEqual(sent.bytes.subarray(sent.bytes.indexOf('\r\n\r\n')))
    // What we found of it when it came first is not believed of a copy that somebody sent us. The burn button is of its delivery.
    const others = (message: Arrived) => fieldsOf(message)
      .filter((field) => !/^(received|dkim-signature|authentication-results|list-unsubscribe|x-burnbox-stranger):/i.test(field)).sort()
    expect(others(again)).toEqual(others(sent))
    expect(headerOf(again)).not.toContain('home.example')
  })

  test('with the header alone is noted, nothing is held; a bounce without a status is noted too, and marks no inbox', async () => {
    const { hop, mail, account, inbox, sent } = await scene()
    await mail.send({ from: '', to: sent.reversePath, message: letter('failure notice').replace('orders@shop.example', 'MAILER-DAEMON@home.example') })
    expect((await mail.activity()).at(-1)).toMatchObject({ kind: 'bounced', reason: 'unreadable', reply: null })
    expect(await inboxesOf(db, account.id)).toMatchObject([{ refusedSince: null }])
    await mail.send({ from: '', to: sent.reversePath, message: bounce(inbox, headerAlone(sent)) })
    expect((await mail.activity()).at(-1)).toMatchObject({ kind: 'bounced', reason: 'failed' })
    expect(await inboxesOf(db, account.id)).toMatchObject([{ refusedSince: expect.any(Date) }])
    expect(await listHeldRows(db)).toEqual([])
    expect(await listDeliveries(db)).toEqual([])
    expect(hop.arrived).toHaveLength(1)
  })

  test('is taken for 30 days after the delivery, and then no more', async () => {
    const { clock, mail, inbox, sent } = await scene()
    await clock.advance(30 * day)
    expect((await mail.send({ from: '', to: sent.reversePath, message: bounce(inbox, headerAlone(sent)) })).dot).toMatch(/^250 /)
    await clock.advance(day)
    const late = await openSender(mail.port)
    await late.say('MAIL FROM:<>')
    expect(await late.say(`RCPT TO:<${sent.reversePath}>`)).toBe('550 5.1.1 No such address')
    late.close()
  })
})

test('a bounce fills no more than refused mail may: 452 4.2.2 until there is room, and the inbox is marked all the same', async () => {
  const { mail, account, inbox, sent } = await scene()
  const size = bounce(inbox, whole(sent)).length
  await db.updateTable('account_settings').set({ held_bytes: 4 * size }).where('account_id', '=', account.id).execute()
  const dots: string[] = []
  for (let n = 0; n < 6; n++) dots.push((await mail.send({ from: '', to: sent.reversePath, message: bounce(inbox, whole(sent)) })).dot.slice(0, 9))
  expect(dots[0]).toBe('250 2.0.0')
  expect(dots.at(-1)).toBe('452 4.2.2')
  const held = await listHeldRows(db)
  expect(held.reduce((sum, row) => sum + Number(row.size), 0)).toBeLessThanOrEqual(2 * size)
  expect(await inboxesOf(db, account.id)).toMatchObject([{ refusedSince: expect.any(Date) }])
  await releaseHeld(mail.host, { accountId: account.id, heldUuid: held[0]!.uuid })
  expect((await mail.send({ from: '', to: sent.reversePath, message: bounce(inbox, whole(sent)) })).dot).toMatch(/^250 /)
})

describe('G21 what is no bounce', () => {
  test.each([
    ['out of office', 'Auto-Submitted: auto-replied (vacation)', 'auto-reply'],
    ['an older one', 'X-Autoreply: yes\r\nPrecedence: auto_reply', 'auto-reply'],
    ['a complaint', 'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=x', 'complaint'],
    ['mail of a person', 'X-Mailer: Quill', 'unreadable'],
  ])('%s: noted as such, held nowhere, sent to nobody, and the inbox is well', async (_, header, reason) => {
    const { hop, mail, account, alias, sent } = await scene()
    for (const from of ['', 'owner@home.example']) {
      expect((await mail.send({ from, to: sent.reversePath, message: letter('Away', `${header}\r\n`) })).dot).toMatch(/^250 /)
    }
    expect((await mail.activity()).slice(-2)).toMatchObject([{ kind: 'bounced', reason }, { kind: 'bounced', reason }])
    expect(await inboxesOf(db, account.id)).toMatchObject([{ refusedSince: null }])
    expect(await listHeldRows(db)).toEqual([])
    expect(await listDeliveries(db)).toEqual([])
    expect(hop.arrived).toHaveLength(1)
    expect(await db.selectFrom('aliases').select('state').where('address', '=', alias).execute()).toEqual([{ state: 'active' }])
  })
})

test('mail with the null reverse-path is forwarded from our VERP address like any: its bounce is noted, too', async () => {
  const { hop, mail, alias, inbox } = await scene()
  expect((await mail.send({ from: '', to: alias, message: letter('Your code is 1234') })).dot).toMatch(/^250 /)
  const sent = hop.accepted[1]!
  expect(sent.reversePath).toMatch(/^b\.[a-z2-7]{39}@burn\.example$/)
  expect((await mail.send({ from: '', to: sent.reversePath, message: bounce(inbox, whole(sent)) })).dot).toMatch(/^250 /)
  expect(await listHeldRows(db)).toMatchObject([{ reason: 'refused' }])
  expect(hop.arrived).toHaveLength(2)
})

test('G22 guessed VERP addresses: 550 5.1.1 before the store is asked', async () => {
  const { mail, alias, sent } = await scene()
  const sender = await openSender(mail.port)
  await sender.say('MAIL FROM:<>')
  const guess = (n: number): string => verpLocalPart({ deliveryId: BigInt(n), aliasId: n, day: 0 }, () => new Uint8Array(32).fill(n))
  await db.schema.alterTable('aliases').renameTo('aliases_away').execute()
  try {
    expect(await sender.say(`RCPT TO:<${alias}>`)).toMatch(/^451 4\.3\.0 /)
    for (let n = 0; n < 50; n++) expect(await sender.say(`RCPT TO:<${guess(n)}@burn.example>`)).toMatch(/^550 5\.1\.1 |^421 /)
    const right = await openSender(mail.port)
    await right.say('MAIL FROM:<>')
    expect(await right.say(`RCPT TO:<${sent.reversePath}>`)).toMatch(/^451 4\.3\.0 /)
    right.close()
  } finally {
    await db.schema.alterTable('aliases_away').renameTo('aliases').execute()
  }
  sender.close()
})

test('an address like ours at another domain is another domain', async () => {
  const { mail, sent } = await scene()
  const sender = await openSender(mail.port)
  await sender.say('MAIL FROM:<>')
  expect(await sender.say(`RCPT TO:<${sent.reversePath.split('@')[0]}@elsewhere.example>`)).toMatch(/^550 5\.7\.1 /)
  sender.close()
})
