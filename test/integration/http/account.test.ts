// The account's own view: who it is, what happened, how much, and the local inbox.
import { expect, test } from 'vitest'
import type { Mailbox } from '../../../src/mail/address.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { endOfFields } from '../../../src/mail/header.ts'
import { addCounts, insertActivity } from '../../../src/store/activity.ts'
import { insertLocalMessage } from '../../../src/store/local-messages.ts'
import { openNextHop } from '../../support/next-hop.ts'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')
const { body: alias } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'shop.example' } })
const { id: aliasId } = await db.selectFrom('aliases').select('id').where('uuid', '=', alias.id).executeTakeFirstOrThrow()
const get = (path: string, token = ada.token) => web.call('GET', path, { token })

test('/v1/me has limits, domains, settings and counts', async () => {
  expect((await get('/v1/me')).body).toMatchObject({
    email: 'ada@home.example', role: 'operator', suspended: false, domains: [{ name: 'burn.localhost', own: false }], held_days: 30, activity_days: 90,
    counts: { active: 3, burned: 0, closed: 0, holding: 0, holding_bytes: 0 }, limits: { held_bytes: 200_000_000, message_bytes: 36_700_160, list_items: 200 },
  })
})

test('/v1/stats has one item a day, days without mail too, of this account alone', async () => {
  const count = { accountId: ada.id, aliasId, delivered: 2, held: 1, replied: 0, lastMessageAt: new Date('2026-07-14T23:59:59Z') }
  await addCounts(db, [count])
  await addCounts(db, [{ ...count, delivered: 3, held: 0, lastMessageAt: new Date('2026-07-16T00:00:00Z') }])
  const { body } = await get('/v1/stats?from=2026-07-13&to=2026-07-16')
  expect(body.items).toEqual([
    { day: '2026-07-13', delivered: 0, held: 0, replied: 0 }, { day: '2026-07-14', delivered: 2, held: 1, replied: 0 },
    { day: '2026-07-15', delivered: 0, held: 0, replied: 0 }, { day: '2026-07-16', delivered: 3, held: 0, replied: 0 },
  ])
  expect((await get('/v1/stats?from=2026-07-14&to=2026-07-14', bob.token)).body.items).toEqual([{ day: '2026-07-14', delivered: 0, held: 0, replied: 0 }])
  expect((await get('/v1/stats')).body.items).toHaveLength(30)
  expect((await get(`/v1/aliases/${alias.id}`)).body).toMatchObject({ last_message_at: '2026-07-16T00:00:00.000Z', counts: { delivered: 5, held: 1 } })
})

test.each([
  'from=x', 'from=2026-02-30', 'from=2026-07-14&to=2026-07-13', 'from=2020-01-01&to=2026-01-01', "to=2026-01-01'",
])('/v1/stats?%s: 400', async (query) => {
  expect(await get(`/v1/stats?${query}`)).toMatchObject({ status: 400, body: { code: 'invalid-query' } })
})

test('/v1/activity: newest first, by alias, in pages, of this account alone; the address outlives its alias', async () => {
  const line = { at: new Date(), accountId: ada.id, aliasId, aliasAddress: alias.address }
  await insertActivity(db, Array.from({ length: 5 }, (_, n) => ({ ...line, kind: 'delivered' as const, sender: `sender ${n}`, reply: '250 ok', size: n })))
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await get(`/v1/activity?limit=2&alias_id=${alias.id}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    seen.push(...body.items.map((one: { from: string | null; kind: string }) => one.from ?? one.kind))
    cursor = body.next
  }
  expect(seen).toEqual(['sender 4', 'sender 3', 'sender 2', 'sender 1', 'sender 0', 'created'])
  expect((await get(`/v1/activity?alias_id=${alias.id}`, bob.token)).body.items).toEqual([])
  expect((await get('/v1/activity', bob.token)).body.items).toEqual([])
  const { body: gone } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { local_part: 'gone' } })
  await web.call('DELETE', `/v1/aliases/${gone.id}`, { token: ada.token })
  expect((await get('/v1/activity?limit=1')).body.items).toMatchObject([{ kind: 'forgotten', alias: 'gone@burn.localhost', alias_id: null }])
})

test('/v1/local: an account sees the mail to its own inboxes and what its aliases answered, and nobody else does', async () => {
  const bytes = Buffer.from('From: a@b.example\r\nTo: someone@else.example\r\nSubject: local\r\n\r\nhello\r\n')
  const facts = {
    receivedAt: new Date(), reversePath: '', helo: 'x', clientIp: '127.0.0.1', protocol: 'ESMTP', smtpUtf8: false, authenticated: false,
    authentication: '', from: 'a@b.example', subject: 'local',
  } as const
  const keep = (from: string, to: string, subject: string) =>
    insertLocalMessage(db, { from: from as Mailbox, to: to as Mailbox }, { ...facts, subject }, contentInMemory(bytes, endOfFields(bytes), false))
  await keep('a@b.example', 'ada@home.example', 'local')
  const { body } = await get('/v1/local')
  expect(body).toMatchObject({ items: [{ address: 'ada@home.example', from: 'a@b.example', subject: 'local', size: bytes.length }], next: null })
  const [{ id }] = body.items
  expect((await get(`/v1/local/${id}`)).body).toMatchObject({ shown: true, to: 'someone@else.example', text: 'hello\n' })
  expect((await get(`/v1/local/${id}/raw`)).text).toBe(bytes.toString())
  expect((await get(`/v1/local/${id}/view`)).text).toContain('hello')
  for (const end of ['', '/raw', '/view', '/attachments/0']) expect((await get(`/v1/local/${id}${end}`, bob.token)).status).toBe(404)
  expect((await get('/v1/local', bob.token)).body.items).toEqual([])
  await keep(alias.address, 'info@shop.example', 'answered')
  expect((await get('/v1/local')).body.items).toMatchObject([{ to: 'info@shop.example', subject: 'answered' }, { subject: 'local' }])
  expect((await get('/v1/local', bob.token)).body.items).toEqual([])
})

test('a test message is from the company that has the address: nobody is told of a stranger', async () => {
  await using hop = await openNextHop()
  Object.assign(web.host.config.smtp, { host: '127.0.0.1', port: hop.port })
  const sent = async (json: object): Promise<string | undefined> => {
    const { body: { id } } = await web.call('POST', '/v1/aliases', { token: ada.token, json })
    expect((await web.call('POST', '/v1/local/test', { token: ada.token, json: { alias_id: id } })).body).toMatchObject({ accepted: true })
    return hop.accepted.at(-1)?.reversePath
  }
  expect(await sent({ site: 'https://tools.example/shop' })).toBe('hello@tools.example')
  expect(hop.accepted[0]?.bytes.toString()).toContain('From: "A shop" <hello@tools.example>\r\n')
  expect(await sent({})).toBe('hello@sender.example')
})

test('a test message goes to an address of one’s own; a silent ingress is said, not thrown', async () => {
  const send = (json: object, token = ada.token) => web.call('POST', '/v1/local/test', { token, json })
  expect(await send({ alias_id: alias.id }, bob.token)).toMatchObject({ status: 404 })
  expect(await send({ address: alias.address }, bob.token)).toMatchObject({ status: 404 })
  expect(await send({ address: 'someone@gmail.com' })).toMatchObject({ status: 404 })
  expect(await send({ alias_id: alias.id, address: alias.address })).toMatchObject({ status: 422 })
  Object.assign(web.host.config.smtp, { port: 1 })
  expect((await send({ alias_id: alias.id })).body).toEqual({ address: alias.address, accepted: false, reply: 'The SMTP ingress did not answer.' })
})
