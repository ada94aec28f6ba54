// The setting `banner`: a line on top of a forward that burns and manages its address. Real SMTP, the real web app.
import { simpleParser } from 'mailparser'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dnsRecords } from '../../../src/flow/dns-records.ts'
import { createAuth } from '../../../src/http/auth.ts'
import { createWeb } from '../../../src/http/create-web.ts'
import type { Alias } from '../../../src/store/aliases.ts'
import { bodyOf, fieldOf, openReplyHost } from '../../support/reply-host.ts'
import { signed } from '../../support/signed.ts'
import { until } from '../../support/until.ts'
import { verifySignatures } from '../../support/verify-signature.ts'

const replies = await openReplyHost()
const { db, hop, mail } = replies
const web = createWeb({ host: mail.host, auth: createAuth(mail.host), webFolder: '/nonexistent' })
afterAll(() => web[Symbol.asyncDispose]())
let alias: Alias

const setting = (on: boolean) => db.updateTable('account_settings').set({ banner: on }).where('account_id', '=', replies.owner.id).execute()

beforeAll(async () => {
  alias = await replies.alias()
})
beforeEach(() => setting(true))

const lineFor = ({ address, uuid }: Alias): RegExp =>
  new RegExp(`^\\[ Sent to ${address} \\| Burn: (\\S+/burn/[a-z2-7]{48}) \\| Manage: (\\S+/addresses/${uuid}) \\]\\r\\n\\r\\n`)
const keys = async () => Object.fromEntries((await dnsRecords(mail.host)).filter(({ type }) => type === 'TXT').map(({ name, value }) => [name, value]))
const alternative = 'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n'
const both = (text: string, html: string): string =>
  `--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}\r\n--b\r\n`
  + `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(html).toString('base64')}\r\n--b--\r\n`

test('off, as at first: each octet of the body is as it came', async () => {
  await setting(false)
  const { arrived } = await replies.written(alias, { header: alternative, body: both('Grüße', '<p>Grüße') })
  expect(bodyOf(arrived).trimEnd()).toBe(Buffer.from(both('Grüße', '<p>Grüße')).toString('latin1').trimEnd())
})

test('on: in the text and in the HTML, with the button of the header; our signature is good', async () => {
  const { arrived } = await replies.written(alias, {
    header: `${alternative}List-Unsubscribe: <https://shop.example/u?c=1>\r\n`, body: both('Grüße', '<body><p>Grüße'),
  })
  const { text = '', html } = await simpleParser(arrived.bytes)
  const [line, burn] = lineFor(alias).exec(text.replaceAll('\n', '\r\n'))!
  expect(text.replaceAll('\n', '\r\n').slice(line.length).trimEnd()).toBe('Grüße')
  const button = /<(http[^>]*)>/.exec(fieldOf(arrived, 'List-Unsubscribe')!.replaceAll(' ', ''))![1]!
  expect(button).toMatch(/\?their=/)
  expect(button.startsWith(burn!)).toBe(true)
  expect(String(html)).toContain(`href="${button}"`)
  expect(String(html)).toMatch(/<body>\s*<div [^>]*>Sent to .*<p>Grüße/s)
  const { dkim } = await verifySignatures(arrived.bytes, await keys())
  expect(dkim.filter(({ result }) => result !== 'pass')).toEqual([])
  expect(dkim.filter(({ domain, result }) => domain === 'burn.example' && result === 'pass')).toHaveLength(1)
})

test('of a message that came signed by its domain the chain is sealed over what leaves', async () => {
  const message = ['From: Ann <ann@home.example>', `To: <${alias.address}>`, 'Message-ID: <seal@home.example>', 'Date: Thu, 01 Jan 2026 00:00:00 +0000', '',
    'Hello', ''].join('\r\n')
  const before = hop.arrived.length
  const { dot } = await mail.send({ to: alias.address, from: 'ann@home.example', message: await signed(message, replies.home) })
  expect(dot).toMatch(/^250 /)
  await until(() => hop.arrived.length > before, 'the forward')
  const arrived = hop.arrived.at(-1)!
  expect(bodyOf(arrived)).toMatch(lineFor(alias))
  expect(await verifySignatures(arrived.bytes, await keys())).toMatchObject({ arc: 'pass', arcSets: 1 })
})

test('its link burns when its page says so, not when it is looked at', async () => {
  const shop = await replies.alias()
  const { arrived } = await replies.written(shop, { body: 'Hello' })
  const [, burn] = lineFor(shop).exec(bodyOf(arrived))!
  const state = async () => (await db.selectFrom('aliases').select('state').where('id', '=', shop.id).executeTakeFirstOrThrow()).state
  for (const method of ['GET', 'HEAD']) await web.app.request(burn!, { method })
  expect(await state()).toBe('active')
  const api = new URL(burn!).pathname.replace('/burn/', '/v1/burn/')
  const pressed = await web.app.request(api, { method: 'POST', body: JSON.stringify({ action: 'burn' }), headers: { 'content-type': 'application/json' } })
  expect([pressed.status, await state()]).toEqual([200, 'burned'])
  await until(() => hop.arrived.at(-1)!.reversePath === '', 'the mail that tells of it')
})

test('signed mail stays as it came', async () => {
  const body = '--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n'
  const { arrived } = await replies.written(alias, { header: 'MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b; micalg=pgp-sha256\r\n', body })
  expect(bodyOf(arrived).trimEnd()).toBe(body.trimEnd())
})

test('more than fits into memory beside others: read from the spool, and all of it is there', async () => {
  const body = `${'All work and no play.\r\n'.repeat(30_000)}`
  const { arrived } = await replies.written(alias, { body })
  const got = bodyOf(arrived)
  expect(got.replace(lineFor(alias), '').trimEnd()).toBe(body.trimEnd())
})

test('each of several inboxes has its own link', async () => {
  const shared = await replies.alias({ toAll: true })
  const before = hop.arrived.length
  await replies.written(shared, { body: 'Hello' })
  await until(() => hop.arrived.length === before + 2, 'both copies')
  const links = hop.arrived.slice(before).map((copy) => lineFor(shared).exec(bodyOf(copy))![1])
  expect(new Set(links).size).toBe(2)
})

test('an answer that quotes it takes no link along that burns', async () => {
  const { arrived, ...shop } = await replies.written(alias, { body: 'Hello' })
  const [line, burn] = lineFor(alias).exec(bodyOf(arrived))!
  const before = hop.arrived.length
  expect(await replies.answer({ ...shop, arrived }, { body: `Thanks\r\n> ${line.trim()}\r\n> Hello\r\n` })).toBe('250 2.0.0 Accepted')
  const [left] = replies.left(before)
  expect(bodyOf(left!)).toContain(`> [ Sent to ${alias.address} | Burn: ${burn!.slice(0, -48)} | Manage: `)
  expect(left!.bytes.toString('latin1')).not.toContain(burn!.slice(-48))
})
