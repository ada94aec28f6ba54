// Held mail in large numbers and in strange encodings, what reading it does to the outside, and its end. RELIABILITY M09, M10, M14–M17.
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { lapse } from '../../../src/flow/lapse.ts'
import { sanitise } from '../../../src/http/reader/sanitise.ts'
import { payloads } from '../../browser/payloads.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { holdMessage } from '../../support/held-message.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const { body: alias } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'shop.example' } })
const get = (path: string) => web.call('GET', path, { token: ada.token })
const hold = (message: string | Buffer) => holdMessage(db, alias.id, message)
const view = async (id: string) => get(`/v1/held/${id}/view`)
const bodyOf = (document: string): string => /<body>([^]*)<\/body>/.exec(document)![1]!

const mutations = [
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">',
  '<select><template><style><!--</style><a rel="--></style></template></select><img id=a src onerror=alert(1)>">',
  '<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>',
  '<svg><desc><title><style><!--</title><img src=x onerror=alert(1)>--></style></title></desc></svg>', '<!--><img src=x onerror=alert(1)>-->',
  '<!--!><img src=x onerror=alert(1)>-->', '<![CDATA[<img src=x onerror=alert(1)>]]>', '<table><style>a</table><img src=x onerror=alert(1)>',
  '<a title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;">x</a>', '<p title=`><img src=x onerror=alert(1)>`>x</p>',
  '<iframe><noframes></iframe><img src=x onerror=alert(1)></noframes>', '<xmp><p id="</xmp><img src=x onerror=alert(1)>"></xmp>',
  `${'<div>'.repeat(600)}<svg><style><img src=x onerror=alert(1)></style></svg>`,
]

describe('M09 markup that changes when it is parsed again', () => {
  test.each(mutations)('%s', (markup) => {
    const once = sanitise(markup, []).html
    expect(sanitise(once, []).html).toBe(once)
    expect(once).not.toMatch(/<(?:svg|math|style|noscript|template|iframe|xmp|noframes|select|title|!)/i)
    expect(once.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/onerror\s*=(?![^<]*&)|<img/i)
  })
})

test.each([
  ['an invitation', 'Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nORGANIZER:mailto:boss@corp.example\nEND:VCALENDAR\n', ['calendar']],
  ['a calendar that asks nothing', 'Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nSUMMARY:Fair\nEND:VCALENDAR\n', []],
  ['a mailto link', 'Content-Type: text/html\n\n<a href="MAILTO:care@shop.example">Write</a>\n', ['mailto']],
  ['the word alone', 'Content-Type: text/plain\n\nmailto: is a scheme\n', []],
])('%s: what makes a mail program answer from the real address', async (_name, body, invites) => {
  const id = await hold(`From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n${body}--b--\n`)
  expect((await get(`/v1/held/${id}`)).body.invites).toEqual(invites)
})

test('M01 the corpus has at least 60 payloads, each of another name', () => {
  expect(new Set(payloads.map(({ name }) => name)).size).toBe(payloads.length)
  expect(payloads.length).toBeGreaterThanOrEqual(60)
})

describe('M10 a charset that is none, or another one', () => {
  const hostile = '<script>alert(1)</script>'
  const utf7 = '+ADw-script+AD4-alert(1)+ADw-/script+AD4-'
  const utf16 = Buffer.from(hostile, 'utf16le')
  const message = (charset: string, body: Buffer): Buffer => Buffer.concat([
    Buffer.from(`From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html${charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n`),
    Buffer.from(body.toString('base64')), Buffer.from('\r\n'),
  ])
  test.each([
    ['; charset=utf-7', Buffer.from(utf7)], ['; charset="UTF-7"', Buffer.from(utf7)], ['; charset=unicode-1-1-utf-7', Buffer.from(utf7)],
    ['', Buffer.from(utf7)], ['; charset=iso-2022-jp', Buffer.from(`\u001b$B\u001b(B${hostile}`)], ['; charset=iso-2022-kr', Buffer.from(`\u000e${hostile}`)],
    ['; charset=hz-gb-2312', Buffer.from(`~{${hostile}~}`)], ['; charset=utf-16le', utf16], ['; charset=utf-16be', utf16.swap16()],
    ['; charset=x-none', Buffer.from(hostile)], ['; charset=ibm037', Buffer.from('4c a2 83 99 89 97 a3 6e'.replaceAll(' ', ''), 'hex')],
    ['; charset=utf-8', Buffer.from([0xc0, 0xbc, 0x73, 0x63, 0x72, 0x69, 0x70, 0x74, 0xc0, 0xbe])], ['; charset="utf-8\'><script>"', Buffer.from(hostile)],
  ])('text/html%s', async (charset, body) => {
    const { headers, text } = await view(await hold(message(charset, body)))
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toMatch(/^<!doctype html>\n<html[^>]*>\n<head><meta charset="utf-8">/)
    expect(bodyOf(text)).not.toMatch(/<script/i)
    expect(bodyOf(text)).not.toContain('\u001b')
  })
})

test('M14 the view tells nobody where it was opened', async () => {
  const { headers, text } = await view(await hold('Content-Type: text/html\n\n<a href="https://shop.example/">x</a>\n'))
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(text).toContain('<meta name="referrer" content="no-referrer">')
  expect(text).toContain('rel="noopener noreferrer nofollow"')
})

test('M15 reading tells its sender nothing: no receipt, no unsubscribing, no mail, no question', async () => {
  const id = await hold([
    'From: a@b.example', 'Disposition-Notification-To: a@b.example', 'Return-Receipt-To: a@b.example', 'X-Confirm-Reading-To: a@b.example',
    'List-Unsubscribe: <https://b.example/u>, <mailto:u@b.example>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click', 'Subject: x',
    'Content-Type: text/html', '', '<p>Hello</p>', '',
  ].join('\n'))
  const queued = async (): Promise<number> => (await db.selectFrom('deliveries').select('id').execute()).length
  const before = await queued()
  const asked: unknown[] = []
  const { host } = web
  const { resolve } = host
  Object.assign(host, { resolve: (...args: unknown[]) => { asked.push(args); return resolve(...args as Parameters<typeof resolve>) } })
  for (const path of ['', '/view', '/raw']) expect((await get(`/v1/held/${id}${path}`)).status).toBe(200)
  Object.assign(host, { resolve })
  expect(await queued()).toBe(before)
  expect(asked).toEqual([])
})

test('M16 after its days a held message is gone: row, bytes, attachments and index', async () => {
  const id = await hold([
    'Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/plain', '', 'text', '--b', 'Content-Type: application/pdf',
    'Content-Disposition: attachment; filename=a.pdf', '', 'a needle in the attachment', '--b--', '',
  ].join('\n'))
  const bytes = async (): Promise<number> => Number((await sql<{ n: string }>`
    select count(*) as n from message_chunks where position('a needle in the attachment'::bytea in bytes) > 0`.execute(db)).rows[0]!.n)
  const at = (days: number) => ({ ...web.host, clock: createFakeClock(new Date(Date.now() + days * 86_400_000)) })
  await lapse(at(29))
  expect([(await get(`/v1/held/${id}`)).status, await bytes()]).toEqual([200, 1])
  await lapse(at(31))
  expect([(await get(`/v1/held/${id}`)).status, (await get(`/v1/held/${id}/attachments/0`)).status, await bytes()]).toEqual([404, 404, 0])
  for (const table of ['held', 'messages', 'message_chunks'] as const) expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
  const lines = (await get('/v1/activity?limit=1')).body.items
  expect(lines).toMatchObject([{ kind: 'lapsed' }])
})

test('M17 a hundred thousand held messages: a page is read by the index, and each message is on one page', async () => {
  const { id: aliasId } = await db.selectFrom('aliases').select('id').where('uuid', '=', alias.id).executeTakeFirstOrThrow()
  await db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`
      with m as (
        insert into messages (received_at, reverse_path, helo, client_ip, protocol, smtp_utf8, eight_bit, authenticated, from_text, subject, size)
        select now(), 'a@b.example', 'b.example', '192.0.2.1', 'ESMTP', false, false, false, 'A <a@b.example>', 'Message ' || n, 1000
        from generate_series(1, 100000) n returning id)
      insert into held (account_id, alias_id, message_id, direction, reason, reason_text, held_at, burned_at, size, authenticated)
      select ${ada.id}, ${aliasId}, id, 'in', 'burned', 'x', now(), now(), 1000, false from m`.execute(tx)
  })
  await sql`analyze held, messages`.execute(db)
  const seen = new Set<string>()
  let cursor = ''
  for (let pages = 0; pages < 3; pages++) {
    const { body } = await get(`/v1/held?limit=200${cursor}`)
    for (const one of body.items) seen.add(one.id)
    cursor = `&cursor=${body.next}`
  }
  expect(seen.size).toBe(600)
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain select h.id from held h join messages m on m.id = h.message_id join aliases a on a.id = h.alias_id
    where h.account_id = ${ada.id} and h.released_at is null order by h.id desc limit 201`.execute(db)
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).not.toMatch(/Seq Scan on (held|messages)|Sort/)
  expect((await get('/v1/held/groups')).body.items).toMatchObject([{ count: 100_000, unread: 100_000 }])
})
