import { expect, test } from 'vitest'
import { endRefusal, noteRefusal } from '../../../src/store/notices.ts'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')

const add = async (address: string, who = ada) => web.call('POST', '/v1/inboxes', { token: who.token, json: { address } })
/** The mails that wait to be sent to an inbox, with their links. */
const mailsTo = async (inboxUuid: string): Promise<string[]> => {
  const rows = await db.selectFrom('deliveries as d')
    .innerJoin('inboxes as i', 'i.id', 'd.inbox_id').innerJoin('message_chunks as c', 'c.message_id', 'd.message_id')
    .select('c.bytes').where('i.uuid', '=', inboxUuid).where('d.kind', '=', 'own').orderBy('d.created_at').execute()
  return rows.map((row) => row.bytes.toString('utf8').replaceAll('=\r\n', '').replaceAll('=3D', '='))
}
const tokenIn = (mail: string): string => /\/verify#([\w-]{32})/.exec(mail)![1]!

test('K15 a new inbox gets one mail with a link, and is verified by it once', async () => {
  const { status, body } = await add('Second@Home.Example')
  expect({ status, body }).toMatchObject({ status: 201, body: { address: 'second@home.example', verified: false, verified_at: null, aliases: 0 } })
  const [mail, ...others] = await mailsTo(body.id)
  expect(others).toEqual([])
  expect(mail).toContain('second@home.example')
  const verify = () => web.call('POST', '/v1/inboxes/verify', { json: { token: tokenIn(mail!) } })
  const answers = await Promise.all([verify(), verify(), verify()])
  expect(answers.map((one) => one.status).sort()).toEqual([200, 410, 410])
  const { items } = (await web.call('GET', '/v1/inboxes', { token: ada.token })).body
  expect(items).toMatchObject([{ address: 'ada@home.example' }, { address: 'second@home.example', verified: true }])
})

test('an inbox whose server refuses says so, until it takes mail again', async () => {
  const read = async () => (await web.call('GET', '/v1/inboxes', { token: bob.token })).body.items[0]
  expect(await read()).toMatchObject({ refused_since: null, refused_reply: null })
  const { id } = await db.selectFrom('inboxes').select('id').where('address', '=', 'bob@home.example').executeTakeFirstOrThrow()
  const at = new Date('2026-07-14T09:30:00.000Z')
  await noteRefusal(db, id, '550 5.1.1 No such user', { at, until: at })
  expect(await read()).toMatchObject({ refused_since: at.toISOString(), refused_reply: '550 5.1.1 No such user' })
  await endRefusal(db, id, at)
  expect(await read()).toMatchObject({ refused_since: null, refused_reply: null })
})

test('L16 the link is made of the configured URL, whatever Host says', async () => {
  const { body } = await web.call('POST', '/v1/inboxes', {
    token: ada.token, json: { address: 'l16@home.example' },
    headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
  })
  const [mail] = await mailsTo(body.id)
  expect(mail).toContain(`${web.host.config.url.origin}/verify#`)
  expect(mail).not.toContain('evil')
})

test('K15 a lapsed link verifies nothing', async () => {
  const { body } = await add('late@home.example')
  const token = tokenIn((await mailsTo(body.id))[0]!)
  await db.updateTable('one_time_links').set({ expires_at: new Date(Date.now() - 1000) }).execute()
  expect(await web.call('POST', '/v1/inboxes/verify', { json: { token } })).toMatchObject({ status: 410, body: { code: 'link-used' } })
})

test('K15 three verification mails a day, not more; a verified inbox gets none', async () => {
  const { body } = await add('again@home.example')
  const again = () => web.call('POST', `/v1/inboxes/${body.id}/verify`, { token: ada.token })
  expect([(await again()).status, (await again()).status]).toEqual([200, 200])
  expect(await again()).toMatchObject({ status: 429, body: { code: 'too-many' } })
  expect(await mailsTo(body.id)).toHaveLength(3)
  await web.call('POST', '/v1/inboxes/verify', { json: { token: tokenIn((await mailsTo(body.id))[0]!) } })
  expect((await again()).body).toMatchObject({ verified: true })
  expect(await mailsTo(body.id)).toHaveLength(3)
})

test.each([
  'x', 'a@b', 'a@burn.localhost', 'a@BURN.LOCALHOST', 'a b@c.example', 'a@b.example\r\nBcc: c@d.example', 'a@b.example>,<c@d.example', '',
])('an address that is none, or is here: 422 (%j)', async (address) => {
  expect(await add(address)).toMatchObject({ status: 422, body: { code: 'invalid' } })
})

test('an alias of this host is no inbox, however it is spelled', async () => {
  const ida = await web.person('ida')
  for (const address of ['b@burn.localhost.', 'c@\uff42urn.localhost', '"a b"@burn.localhost']) {
    expect(await add(address, ida), address).toMatchObject({ status: 422, body: { detail: expect.stringContaining('is on this host') } })
  }
})

test('the same address twice: 409 inbox-exists; two accounts may have the same', async () => {
  expect((await add('twice@home.example')).status).toBe(201)
  expect(await add('TWICE@home.example')).toMatchObject({ status: 409, body: { code: 'inbox-exists' } })
  expect((await add('twice@home.example', bob)).status).toBe(201)
})

test('an inbox in use is not removed: 409 in-use with its aliases; move_to moves them', async () => {
  const { body: me } = await web.call('GET', '/v1/me', { token: ada.token })
  const { body: alias } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'shop.example' } })
  const old = me.default_inbox_id as string
  const refused = await web.call('DELETE', `/v1/inboxes/${old}`, { token: ada.token })
  expect(refused).toMatchObject({ status: 409, body: { code: 'in-use' } })
  expect(refused.body.aliases.map((one: { address: string }) => one.address).sort())
    .toEqual(['abuse@burn.localhost', 'postmaster@burn.localhost', alias.address].sort())

  const { body: other } = await add('moved@home.example')
  expect(await web.call('DELETE', `/v1/inboxes/${old}?move_to=${other.id}`, { token: ada.token })).toMatchObject({ status: 422 })
  await web.call('POST', '/v1/inboxes/verify', { json: { token: tokenIn((await mailsTo(other.id))[0]!) } })
  for (const target of [old, '00000000-0000-4000-8000-000000000000', (await web.call('GET', '/v1/me', { token: bob.token })).body.default_inbox_id]) {
    expect((await web.call('DELETE', `/v1/inboxes/${old}?move_to=${target}`, { token: ada.token })).status).toBe(422)
  }
  expect((await web.call('DELETE', `/v1/inboxes/${old}?move_to=${other.id}`, { token: ada.token })).status).toBe(204)
  expect((await web.call('GET', `/v1/aliases/${alias.id}`, { token: ada.token })).body.inboxes).toMatchObject([{ id: other.id }])
  expect((await web.call('GET', '/v1/me', { token: ada.token })).body.default_inbox_id).toBe(other.id)
})

test('settings: a verified inbox of one’s own as the default, days within limits', async () => {
  const { body: unverified } = await add('unverified@home.example', bob)
  const { body: mine } = await web.call('GET', '/v1/me', { token: ada.token })
  const change = (json: object) => web.call('PATCH', '/v1/me', { token: bob.token, json })
  for (const json of [
    { default_inbox_id: unverified.id }, { default_inbox_id: mine.default_inbox_id }, { default_inbox_id: 'x' },
    { held_days: 0 }, { held_days: 366 }, { activity_days: 1.5 }, { notices: 'no' }, { name: '' }, { name: 'a\nb' },
  ]) {
    expect(await change(json)).toMatchObject({ status: 422, body: { code: 'invalid' } })
  }
  expect((await web.call('GET', '/v1/me', { token: bob.token })).body.notices).toBe(true)
  const { body } = await change({ held_days: 7, activity_days: 30, notices: false, name: 'Bob', role: 'operator', email: 'x@y.example' })
  expect(body).toMatchObject({ held_days: 7, activity_days: 30, notices: false, name: 'Bob', role: 'member', email: 'bob@home.example' })
})
