// What comes back to our VERP addresses: bounces in the forms of several servers, complaints and vacation notes (G20, G21).
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { letter, openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { emptyMail, listDeliveries, listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type NextHop } from '../../support/next-hop.ts'

const { db, url } = await createDatabase()
beforeEach(() => emptyMail(db))

let people = 0
type Scene = { readonly hop: NextHop; readonly mail: MailProcess; readonly alias: string; readonly verp: string; readonly original: string }

/** One message was forwarded; its reverse-path is `verp`. */
async function forwarded(): Promise<Scene> {
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: hop.url })
  const { address: alias } = await mail.alias(await mail.account(`ivy${++people}`))
  expect((await mail.send({ to: alias, message: letter('An order') })).dot).toMatch(/^250/)
  const [copy] = hop.accepted
  return { hop, mail, alias, verp: copy!.reversePath, original: copy!.bytes.toString() }
}

const report = (type: string, parts: readonly string[]): string => [
  'From: MAILER-DAEMON@home.example (Mail Delivery System)', 'Subject: Undelivered Mail Returned to Sender',
  'Auto-Submitted: auto-replied', 'MIME-Version: 1.0', `Content-Type: multipart/report; report-type=${type};`, '\tboundary="BOUND/home.example"', '',
  ...parts.flatMap((part) => ['--BOUND/home.example', part]), '--BOUND/home.example--', ''].join('\r\n')
const said = 'Content-Type: text/plain\r\n\r\nI am sorry to tell you.\r\n'
const status = (...lines: readonly string[]): string =>
  ['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.home.example', '', ...lines, ''].join('\r\n')
const whole = (original: string): string => `Content-Type: message/rfc822\r\n\r\n${original}`

const headerOf = (original: string): string => `Content-Type: text/rfc822-headers\r\n\r\n${original.split('\r\n\r\n')[0]}`

const shapes: readonly [name: string, of: (original: string) => string, noted: string, held: boolean][] = [
  ['Postfix', (original) => report('delivery-status', [said, status('Final-Recipient: rfc822; ivy@home.example', 'Action: failed', 'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 <ivy@home.example>: Recipient address rejected'), whole(original)]), '5.1.1 550 5.1.1', true],
  ['Exim', (original) => report('delivery-status', [said, status('Action: failed', 'Final-Recipient: rfc822;ivy@home.example', 'Status: 5.0.0',
    'Remote-MTA: dns; mx.home.example', 'Diagnostic-Code: smtp; 552 Mailbox is full'), whole(original)]), '5.0.0 552 Mailbox is full', true],
  ['Exchange, with the header alone', (original) => report('delivery-status', [said, status('Final-Recipient: rfc822;ivy@home.example', 'Action: failed',
    'Status: 5.7.1', 'Diagnostic-Code: smtp;550 5.7.1 RESOLVER.RST.AuthRequired'), headerOf(original)]), '5.7.1 550 5.7.1', false],
  ['a delay', (original) => report('delivery-status', [said, status('Final-Recipient: rfc822; ivy@home.example', 'Action: delayed',
    'Status: 4.4.1'), whole(original)]), '4.4.1', false],
  ['quoted-printable parts', (original) => report('delivery-status', [said,
    'Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    + 'Reporting-MTA: dns; mx.home.example\r\n\r\nAction: fail=\r\ned\r\nStatus: 5.2.2\r\n', whole(original)]), '5.2.2', true],
]

test.each(shapes)('G20 a bounce in the form of %s: noted for its delivery, never sent on', async (_name, of, noted, isHeld) => {
  const { hop, mail, alias, verp, original } = await forwarded()
  const delivered = (await mail.activity()).find((line) => line.kind === 'delivered')!
  expect((await mail.send({ from: '', to: verp, message: of(original) })).dot).toMatch(/^250/)
  const bounced = (await mail.activity()).filter((line) => line.kind === 'bounced')
  expect(bounced).toMatchObject([{ delivery_id: delivered.delivery_id, alias_address: alias }])
  expect(bounced[0]!.reply).toContain(noted)
  expect(await listHeldRows(db)).toHaveLength(isHeld ? 1 : 0)
  expect(hop.arrived).toHaveLength(1)
  expect(await listDeliveries(db)).toEqual([])
})

test.each([
  ['a qmail bounce in plain text',
    'From: MAILER-DAEMON@home.example\r\nSubject: failure notice\r\n\r\nHi. This is the qmail-send program.\r\n<ivy@home.example>:\r\nSorry.\r\n'],
  ['a report cut off in its middle', report('delivery-status', [said, status('Final-Recipient: rfc8')]).slice(0, 420).replace(/\r?\n?$/, '\r\n')],
  ['garbage', `From: x@home.example\r\n\r\n${'\u00ff\u0001'.repeat(200)}\r\n`],
])('G20 %s that says nothing of a status: noted for the owner all the same, never sent on', async (_name, text) => {
  const { hop, mail, verp } = await forwarded()
  expect((await mail.send({ from: '', to: verp, message: Buffer.from(text, 'latin1') })).dot).toMatch(/^250/)
  expect((await mail.activity()).filter((line) => line.kind === 'bounced')).toHaveLength(1)
  expect(hop.arrived).toHaveLength(1)
  expect(await listHeldRows(db)).toEqual([])
})

test.each([
  ['an abuse complaint',
    report('feedback-report', [said, 'Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\n'])],
  ['a vacation note',
    'From: ivy@home.example\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied (vacation)\r\nPrecedence: bulk\r\n\r\nBack on Monday.\r\n'],
])('G21 %s to a VERP address: no loop, nothing held, and the address stays as it is', async (_name, text) => {
  const { hop, mail, alias, verp } = await forwarded()
  for (let n = 0; n < 3; n++) expect((await mail.send({ from: '', to: verp, message: text })).dot).toMatch(/^250/)
  expect(hop.arrived).toHaveLength(1)
  expect([await listDeliveries(db), await listHeldRows(db)]).toEqual([[], []])
  expect(await db.selectFrom('aliases').select('state').where('address', '=', alias).execute()).toEqual([{ state: 'active' }])
  expect((await mail.send({ to: alias })).dot).toMatch(/^250/)
  expect(hop.arrived).toHaveLength(2)
})
