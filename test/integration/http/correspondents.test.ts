// Correspondents over HTTP: write to someone new, name and block them; app passwords; what replies need of the settings.
import { beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { startWeb, type Person } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db, { env: { BURNBOX_SUBMISSION: '127.0.0.1:587,127.0.0.1:465' } })
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')

const call = (method: string, path: string, json?: object, who: Person = ada) =>
  web.call(method, path, { token: who.token, ...(json && { json }) })
const create = async (who: Person, site: string) => (await call('POST', '/v1/aliases', { site }, who)).body as { id: string; address: string }
const write = (id: string, address: string, more: object = {}, who: Person = ada) => call('POST', `/v1/aliases/${id}/correspondents`, { address, ...more }, who)

let shop: { id: string; address: string }
let bank: { id: string; address: string }
let foreign: { id: string; address: string }
beforeAll(async () => {
  shop = await create(ada, 'shop.example')
  bank = await create(ada, 'bank.example')
  foreign = await create(bob, 'bob.example')
})

describe('write to someone new', () => {
  test('201 with the reverse alias, 200 with the same one when they are known', async () => {
    const first = await write(shop.id, ' Landlord@Flat.example ', { name: 'Mr Stone' })
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({
      alias: shop.address, alias_id: shop.id, address: 'landlord@flat.example', name: 'Mr Stone', blocked: null, for_inboxes: [],
      reverse_address: expect.stringMatching(/^r\.[a-z2-7]{26}@burn\.localhost$/),
    })
    const again = await write(shop.id, 'landlord@flat.example')
    expect(again.status).toBe(200)
    expect(again.body).toEqual(first.body)
    expect((await write(shop.id, 'landlord@flat.example', { name: null })).body).toMatchObject({ id: first.body.id, name: null })
    expect((await call('GET', `/v1/aliases/${shop.id}/correspondents`)).body.items).toMatchObject([{ id: first.body.id }])
  })

  test('N13 another alias, another reverse alias', async () => {
    const [one, two] = [await write(shop.id, 'care@post.example'), await write(bank.id, 'care@post.example')]
    expect(one.body.reverse_address).not.toBe(two.body.reverse_address)
    expect((await call('GET', '/v1/correspondents?limit=2')).body.items.map((item: { alias: string }) => item.alias)).toEqual([bank.address, shop.address])
  })

  test.each([
    'nobody', '', 'a@b@c', 'ada@home.example', 'ADA@HOME.example', `r.${'a'.repeat(26)}@burn.localhost`, 'b.x@burn.localhost',
    'x@y.example\r\nBcc: z@z.example',
  ])('%j is refused', async (address) => {
    expect((await write(shop.id, address)).body).toMatchObject({ status: 422, code: 'invalid' })
  })

  test('an alias of one\'s own is refused, one of somebody else is an address like any', async () => {
    expect((await write(shop.id, bank.address)).body.code).toBe('invalid')
    expect((await write(shop.id, foreign.address)).status).toBe(201)
  })

  test('a burned or closed address says so; whom one knew there is still told', async () => {
    const burned = await create(ada, 'burned.example')
    const known = await write(burned.id, 'known@shop.example')
    await call('POST', `/v1/aliases/${burned.id}/burn`)
    expect((await write(burned.id, 'new@shop.example')).body).toMatchObject({ status: 409, code: 'burned' })
    expect((await write(burned.id, 'known@shop.example')).body).toEqual(known.body)
    await call('POST', `/v1/aliases/${burned.id}/restore`, {})
    await call('POST', `/v1/aliases/${burned.id}/close`)
    expect((await write(burned.id, 'new@shop.example')).body).toMatchObject({ status: 409, code: 'closed' })
  })

  test('N15 nobody sees, names or blocks a correspondent of somebody else', async () => {
    const { body: his } = await write(foreign.id, 'his@friend.example', {}, bob)
    expect((await write(foreign.id, 'x@y.example')).status).toBe(404)
    expect((await call('GET', `/v1/aliases/${foreign.id}/correspondents`)).status).toBe(404)
    expect((await call('PATCH', `/v1/correspondents/${his.id}`, { blocked: 'account' })).status).toBe(404)
    expect((await call('GET', '/v1/correspondents')).text).not.toContain('his@friend.example')
  })
})

describe('blocks', () => {
  test('at one address, at all of the account, nowhere', async () => {
    const { body: pest } = await write(shop.id, 'pest@deals.example')
    const { body: same } = await write(bank.id, 'pest@deals.example')
    const patch = async (blocked: string | null) => (await call('PATCH', `/v1/correspondents/${pest.id}`, { blocked })).body.blocked
    const other = async () => (await call('GET', `/v1/aliases/${bank.id}/correspondents`)).body.items
      .find((one: { id: string }) => one.id === same.id).blocked
    expect([await patch('alias'), await other()]).toEqual(['alias', null])
    expect([await patch('account'), await other()]).toEqual(['account', 'account'])
    expect((await call('GET', '/v1/blocks')).body.items).toMatchObject([{ address: 'pest@deals.example' }])
    expect([await patch('alias'), await other()]).toEqual(['alias', null])
    expect([await patch('account'), await patch(null), await other()]).toEqual(['account', null, null])
    expect((await call('PATCH', `/v1/correspondents/${pest.id}`, { blocked: 'everywhere' })).status).toBe(422)
  })

  test('of those who never wrote: once, listed, ended; the address is not in the clear', async () => {
    const first = await call('POST', '/v1/blocks', { address: 'Never@Wrote.example' })
    expect(first).toMatchObject({ status: 201, body: { address: 'never@wrote.example' } })
    expect((await call('POST', '/v1/blocks', { address: 'never@wrote.example' })).body).toEqual(first.body)
    expect((await call('GET', '/v1/blocks', undefined, bob)).body.items).toEqual([])
    expect((await call('DELETE', `/v1/blocks/${first.body.id}`, undefined, bob)).status).toBe(404)
    const stored = await db.selectFrom('account_blocks').selectAll().execute()
    expect(Buffer.concat(stored.flatMap((row) => [row.address_encrypted, row.address_hash])).includes('wrote')).toBe(false)
    expect((await call('DELETE', `/v1/blocks/${first.body.id}`)).status).toBe(204)
    expect((await call('GET', '/v1/blocks')).body.items).toEqual([])
    expect((await call('POST', '/v1/blocks', { address: 'nobody' })).status).toBe(422)
  })
})

test('an app password: made by the person alone, shown once, kept as a hash, listed, revoked', async () => {
  const cookie = await web.signIn(ada)
  const asAda = (json: object) => web.call('POST', '/v1/app-passwords', { headers: { cookie, origin: web.origin }, json })
  expect((await call('POST', '/v1/app-passwords', { name: 'Phone' })).status).toBe(403)
  const made = await asAda({ name: 'Phone', alias_id: shop.id })
  expect(made).toMatchObject({ status: 201, body: { name: 'Phone', alias: shop.address, alias_id: shop.id, last_used_at: null } })
  expect(made.body.password).toMatch(/^([a-z2-7]{4}-){5}[a-z2-7]{4}$/)
  expect((await asAda({ name: 'All' })).body).toMatchObject({ alias: null, alias_id: null })
  expect((await asAda({ name: 'His', alias_id: foreign.id })).status).toBe(404)
  const listed = await call('GET', '/v1/app-passwords')
  expect(listed.body).toMatchObject({
    items: [{ name: 'All' }, { name: 'Phone' }],
    servers: [{ host: 'burn.localhost', port: 587, security: 'starttls' }, { host: 'burn.localhost', port: 465, security: 'tls' }],
  })
  expect(listed.text).not.toContain(made.body.password)
  expect((await call('GET', '/v1/app-passwords', undefined, bob)).body.items).toEqual([])
  const path = `/v1/app-passwords/${made.body.id}`
  expect((await call('DELETE', path, undefined, bob)).status).toBe(404)
  expect([(await call('DELETE', path)).status, (await call('DELETE', path)).status]).toEqual([204, 404])
})

test('an inbox with a secret: its own reverse alias for each correspondent, another one after off and on', async () => {
  const { id } = (await call('GET', '/v1/inboxes')).body.items[0]
  const set = (on: boolean) => call('PATCH', `/v1/inboxes/${id}`, { reply_secret: on })
  const shown = async () => (await write(shop.id, 'care@post.example')).body
  const before = await shown()
  expect((await set(true)).body).toMatchObject({ reply_secret: true })
  const [one] = (await shown()).for_inboxes
  expect(one).toMatchObject({ inbox: 'ada@home.example', reverse_address: expect.stringMatching(/^r\.[a-z2-7]{26}\.[a-z2-7]{16}@burn\.localhost$/) })
  await set(true)
  expect((await shown()).for_inboxes).toEqual([one])
  await set(false)
  expect(await shown()).toEqual(before)
  await set(true)
  expect((await shown()).for_inboxes[0].reverse_address).not.toBe(one.reverse_address)
  await set(false)
  expect((await call('PATCH', `/v1/inboxes/${id}`, { reply_secret: true }, bob)).status).toBe(404)
})

test('settings: the real name, how long reverse aliases are kept, whether the household sees who answers, how invitations are answered', async () => {
  expect((await call('GET', '/v1/me')).body).toMatchObject({ correspondent_days: 400, real_name: null, share_answers: false, rewrite_invitations: false })
  const changed = await call('PATCH', '/v1/me', { correspondent_days: 30, real_name: 'Ada King', share_answers: true, rewrite_invitations: true })
  expect(changed.body).toMatchObject({ correspondent_days: 30, real_name: 'Ada King', share_answers: true, rewrite_invitations: true })
  expect((await call('PATCH', '/v1/me', { real_name: '' })).body.real_name).toBe(null)
  expect((await call('PATCH', '/v1/me', { correspondent_days: 29 })).status).toBe(422)
})
