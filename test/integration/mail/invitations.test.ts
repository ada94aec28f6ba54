// The setting `rewrite_invitations`: an invitation is answered through the alias, and of all other mail each octet of the body stays.
import { simpleParser } from 'mailparser'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { dnsRecords } from '../../../src/flow/dns-records.ts'
import type { Alias } from '../../../src/store/aliases.ts'
import { bodyOf, fieldOf, openReplyHost, unfolded } from '../../support/reply-host.ts'
import { until } from '../../support/until.ts'
import { verifySignatures } from '../../support/verify-signature.ts'

const replies = await openReplyHost()
const { db, hop, mail } = replies
let alias: Alias

const setting = (on: boolean) => db.updateTable('account_settings').set({ rewrite_invitations: on }).where('account_id', '=', replies.owner.id).execute()

beforeAll(async () => {
  alias = await replies.alias()
})
beforeEach(() => setting(true))

const invitation = (method = 'REQUEST'): string => ['BEGIN:VCALENDAR', 'VERSION:2.0', `METHOD:${method}`, 'BEGIN:VEVENT', 'UID:1@shop.example',
  'ORGANIZER;CN="Grüne Küche";SENT-BY="mailto:desk@shop.example":mailto:orders', ' @shop.example', // folded
  `ATTENDEE;RSVP=TRUE;CN=${alias.address}:MAILTO:${alias.address.toUpperCase()}`, 'ATTENDEE:mailto:guest@other.example',
  'DESCRIPTION:Call mailto:orders@shop.example  ', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')

const encoded = (encoding: string, text: string): string => {
  if (encoding === 'base64') return Buffer.from(text).toString('base64').replaceAll(/.{76}/g, '$&\r\n')
  return text.replaceAll(/[^\r\n -<>-~]/g, (letter) => [...Buffer.from(letter)].map((octet) => `=${octet.toString(16).toUpperCase()}`).join(''))
    .replaceAll('  \r\n', ' =20\r\n')
}
const part = (type: string, encoding: string, text: string): string =>
  `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${text}`
const html = part('text/html', '7bit', '<a href="mailto:orders@shop.example">write</a> \t\r\n--x\r\n')
const multipart = (type: string, ...parts: string[]) => ({
  header: `MIME-Version: 1.0\r\nContent-Type: ${type}; boundary=b\r\n`, body: `before\r\n${parts.map((one) => `--b\r\n${one}\r\n`).join('')}--b--\r\nbehind`,
})
const request = () => multipart('multipart/mixed', html, part('text/calendar; method=REQUEST', 'quoted-printable', encoded('quoted-printable', invitation())),
  part('application/ics; name=invite.ics', 'base64', encoded('base64', invitation())))

/** What a calendar program would read. */
const calendarsOf = async (message: { readonly bytes: Buffer }): Promise<string[]> =>
  (await simpleParser(message.bytes)).attachments.map(({ content }) => content.toString().replaceAll(/\r?\n[ \t]/g, ''))
const lines = (calendar: string, name: string): string[] => calendar.split(/\r?\n/).filter((line) => line.startsWith(name))
const keys = async () => Object.fromEntries((await dnsRecords(mail.host)).filter(({ type }) => type === 'TXT').map(({ name, value }) => [name, value]))
const reverseOf = async (address: string): Promise<string> => (await mail.host.correspondents.reverseLocalPartFor(
  { id: alias.id, uuid: alias.uuid, accountId: replies.owner.id }, address as never, { remember: true })) + '@burn.example'

test('the organizer becomes his reverse alias, the alias the inbox, in each calendar; all other octets stay, and our signature is good', async () => {
  const { header, body } = request()
  const { arrived, reverse } = await replies.written(alias, { header, body })
  const [desk, guest] = [await reverseOf('desk@shop.example'), await reverseOf('guest@other.example')]
  const calendars = await calendarsOf(arrived)
  expect(calendars).toHaveLength(2)
  for (const calendar of calendars) {
    expect(lines(calendar, 'ORGANIZER')).toEqual([`ORGANIZER;CN="Grüne Küche";SENT-BY="mailto:${desk}":mailto:${reverse}`])
    expect(lines(calendar, 'ATTENDEE')).toEqual([
      `ATTENDEE;RSVP=TRUE;CN=${alias.address}:MAILTO:ann@home.example`, `ATTENDEE;CN="guest at other.example":mailto:${guest}`])
    const rest = (text: string): string => text.replaceAll(/\r\n /g, '').split('\r\n').filter((line) => !/^(?:ORGANIZER|ATTENDEE)/.test(line)).join('\r\n')
    expect(rest(calendar)).toBe(rest(invitation()))
  }
  const upToCalendar = body.indexOf('\r\n\r\n', body.indexOf('text/calendar')) + 4
  expect(bodyOf(arrived).slice(0, upToCalendar)).toBe(body.slice(0, upToCalendar))
  expect(bodyOf(arrived)).toMatch(/\r\n--b--\r\nbehind\r\n$/)
  const { dkim } = await verifySignatures(arrived.bytes, await keys())
  expect(dkim.filter(({ domain }) => domain === 'burn.example').map(({ result }) => result)).toContain('pass')
  expect(dkim.filter(({ result }) => result !== 'pass')).toEqual([])
})

test('a calendar alone, and what comes to several inboxes: each copy names its own', async () => {
  const both = await replies.alias({ toAll: true })
  const before = hop.arrived.length
  const text = encoded('base64', invitation().replaceAll(alias.address, both.address).replaceAll(alias.address.toUpperCase(), both.address))
  await replies.written(both, { header: 'Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\nContent-Transfer-Encoding: base64\r\n', body: text })
  await until(() => hop.arrived.length === before + 2, 'both copies')
  for (const copy of hop.arrived.slice(before)) {
    const calendar = Buffer.from(bodyOf(copy), 'base64').toString().replaceAll('\r\n ', '')
    expect(lines(calendar, 'ATTENDEE')[0]).toBe(`ATTENDEE;RSVP=TRUE;CN=${both.address}:MAILTO:${copy.forwardPaths[0]}`)
    expect(lines(calendar, 'ORGANIZER')[0]).toMatch(/:mailto:r\.[a-z2-7]{26}@burn\.example$/)
  }
})

test('the answer leaves with the alias as attendee and the organizer under his own name', async () => {
  const { header, body } = request()
  const shop = await replies.written(alias, { header, body })
  const [calendar] = await calendarsOf(shop.arrived)
  const answer = ['BEGIN:VCALENDAR', 'METHOD:REPLY', 'BEGIN:VEVENT', 'UID:1@shop.example',
    ...lines(calendar!, 'ORGANIZER').map((line) => line.replace(/;SENT-BY="[^"]*"/, '')),
    'ATTENDEE;PARTSTAT=ACCEPTED;CN=ann@home.example:mailto:ann@ho', ' me.example', 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n')
  const before = hop.arrived.length
  const sent = multipart('multipart/alternative', part('text/plain', '7bit', 'ann@home.example has accepted'),
    part('text/calendar; method=REPLY', 'base64', encoded('base64', answer)))
  expect(await replies.answer(shop, sent)).toBe('250 2.0.0 Accepted')
  const [left] = replies.left(before)
  expect(left!.forwardPaths).toEqual(['orders@shop.example'])
  expect(fieldOf(left!, 'From')).toContain(alias.address)
  const [reply] = await calendarsOf(left!)
  expect(lines(reply!, 'ATTENDEE')).toEqual([`ATTENDEE;PARTSTAT=ACCEPTED;CN=${alias.address}:mailto:${alias.address}`])
  expect(lines(reply!, 'ORGANIZER')[0]).toMatch(/:mailto:orders@shop\.example$/)
  expect(unfolded(left!) + reply! + bodyOf(left!)).not.toMatch(/home\.example|r\.[a-z2-7]{26}/)
})

test("an answer to the owner's own invitation names him as organizer where his calendar has him", async () => {
  const text = invitation('REPLY').replace(/ORGANIZER[^]*?example\r\n(?=ATT)/, `ORGANIZER:mailto:${alias.address}\r\n`)
  const { header, body } = multipart('multipart/mixed', part('text/calendar; method=REPLY', 'base64', encoded('base64', text)))
  const [calendar] = await calendarsOf((await replies.written(alias, { header, body })).arrived)
  expect(lines(calendar!, 'ORGANIZER')).toEqual(['ORGANIZER:mailto:ann@home.example'])
  expect(lines(calendar!, 'ATTENDEE')[1]).toBe(`ATTENDEE;CN="guest at other.example":mailto:${await reverseOf('guest@other.example')}`)
})

const ascii = () => invitation().replaceAll('ü', 'ue')
const asIs = () => part('text/calendar; method=REQUEST', '7bit', ascii())
const line = 'ORGANIZER:mailto:orders@shop.example\r\n'
const untouched: readonly (readonly [string, () => { readonly header: string; readonly body: string }])[] = [
  ['signed with multipart/signed', () => multipart('multipart/signed', asIs(), part('application/pgp-signature', '7bit', 'x'))],
  ['encrypted with multipart/encrypted', () => multipart('multipart/encrypted', part('application/pgp-encrypted', '7bit', 'Version: 1'), asIs())],
  ['signed with PGP in its text', () => multipart('multipart/mixed', part('text/calendar', '7bit', `-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n${ascii()}`))],
  ['in an attached message', () => multipart('multipart/mixed', html, `Content-Type: message/rfc822\r\n\r\nSubject: a\r\n${asIs()}`)],
  ['larger than 1 MiB', () => multipart('multipart/mixed', part('text/calendar', '7bit', ascii()
    .replace('END:VEVENT', () => `${`X-PAD:${'x'.repeat(70)}\r\n`.repeat(14_000)}END:VEVENT`)))],
  ['that says twice what it is', () => multipart('multipart/mixed', `Content-Type: text/plain\r\n${asIs()}`)],
  ['in an encoding that nobody knows', () => multipart('multipart/mixed', part('text/calendar', 'x-secret', ascii()))],
  ['that names nobody', () => multipart('multipart/mixed', part('text/calendar', '7bit', 'BEGIN:VCALENDAR\r\nORGANIZER:urn:uuid:1\r\nEND:VCALENDAR\r\n'))],
  ['in a large message without a calendar', () => multipart('multipart/mixed', html, part('text/plain', '7bit', line.repeat(8_000)))],
]
test.each(untouched)('a calendar %s: untouched', async (_, make) => {
  const { header, body } = make()
  const { arrived } = await replies.written(alias, { header, body })
  expect(bodyOf(arrived) === `${body}\r\n`).toBe(true)
})

test('in a message that is read from its file: the calendar behind a large attachment', async () => {
  const pages = encoded('base64', 'x'.repeat(600_000))
  const { header, body } = multipart('multipart/mixed', part('application/pdf', 'base64', pages), asIs())
  const { arrived, reverse } = await replies.written(alias, { header, body })
  const at = body.indexOf('ORGANIZER')
  expect(bodyOf(arrived).slice(0, at) === body.slice(0, at)).toBe(true)
  expect(bodyOf(arrived).slice(at).replaceAll('\r\n ', '')).toMatch(new RegExp(`:mailto:${reverse}\r\nATTENDEE;RSVP=TRUE;CN=.*:MAILTO:ann@home.example\r\n`))
})

test('K08 no more than 30 of those who are named become correspondents', async () => {
  const count = async () => Number((await db.selectFrom('correspondents').select(({ fn }) => fn.countAll().as('n')).where('alias_id', '=', alias.id)
    .executeTakeFirstOrThrow()).n)
  const before = await count()
  const crowd = Array.from({ length: 100 }, (_, i) => `ATTENDEE:mailto:p${i}@crowd.example\r\n`).join('')
  const { header, body } = multipart('multipart/mixed', part('text/calendar', '7bit', `BEGIN:VCALENDAR\r\n${crowd}${line}END:VCALENDAR\r\n`))
  const { arrived, reverse } = await replies.written(alias, { header, body })
  expect(await count()).toBe(before + 29)
  expect(bodyOf(arrived).replaceAll('\r\n ', '')).toContain(`mailto:${reverse}\r\n`)
  expect(bodyOf(arrived)).toContain('ATTENDEE:mailto:p99@crowd.example\r\n')
})

test('off, as it is at first: no octet of the body changes', async () => {
  expect((await db.selectFrom('account_settings').select('rewrite_invitations').where('account_id', '!=', replies.owner.id).execute())
    .every((row) => !row.rewrite_invitations)).toBe(true)
  await setting(false)
  const { header, body } = request()
  const { arrived } = await replies.written(alias, { header, body })
  expect(bodyOf(arrived)).toBe(`${body}\r\n`)
})
