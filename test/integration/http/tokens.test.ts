// API tokens: what they may make, until when, and that their last use is known; a retried call; the form of addresses.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')
await db.insertInto('domains').values({ name: 'ada.example', account_id: ada.id }).execute()
await db.insertInto('domains').values({ name: 'bob.example', account_id: bob.id }).execute()
const make = (json: object) => web.call('POST', '/v1/tokens', { token: ada.token, json: { name: 'x', ...json } })
const create = (token: string, json: object = { site: 'shop.example' }, headers: Record<string, string> = {}) =>
  web.call('POST', '/v1/aliases', { token, json, headers })
const tokens = async () => (await web.call('GET', '/v1/tokens', { token: ada.token })).body.items
const tokenWith = async (json: object): Promise<string> => (await make({ scopes: ['create'], ...json })).body.token

describe('limits', () => {
  test('one domain alone, also when none is asked for', async () => {
    const token = await tokenWith({ domain: 'Ada.Example' })
    expect((await create(token)).body.address).toMatch(/@ada\.example$/)
    expect((await create(token, { site: 'x.example', domain: 'ada.example' })).status).toBe(201)
    expect(await create(token, { domain: 'burn.localhost' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await tokens())[0]).toMatchObject({ domain: 'ada.example', daily_limit: null, scopes: ['create'] })
  })

  test('L20 so many a day, for fifty at once; a new day begins anew', async () => {
    const token = await tokenWith({ daily_limit: 3 })
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(token)))
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(3)
    expect(answers.find((answer) => answer.status !== 201)).toMatchObject({ status: 429, body: { code: 'too-many' } })
    await db.updateTable('token_limits').set({ day: '2026-01-01' }).where('daily_limit', '=', 3).execute()
    expect((await create(token)).status).toBe(201)
  })

  test('an end, after which it is refused', async () => {
    const token = await tokenWith({ expires_at: new Date(Date.now() + 3_600_000).toISOString() })
    expect((await create(token)).status).toBe(201)
    const [line] = await tokens()
    expect(Math.abs(Date.parse(line.expires_at) - Date.now() - 3_600_000)).toBeLessThan(60_000)
    await db.updateTable('apikey').set({ expiresAt: new Date(Date.now() - 1_000) }).where('id', '=', line.id).execute()
    expect((await create(token)).status).toBe(401)
  })

  test('a token makes none that lives longer than itself', async () => {
    const end = new Date(Date.now() + 3_600_000).toISOString()
    const token = (await make({ scopes: ['manage'], expires_at: end })).body.token
    const made = (json: object) => web.call('POST', '/v1/tokens', { token, json: { name: 'child', ...json } })
    expect((await made({ expires_at: new Date(Date.now() + 7_200_000).toISOString() })).status).toBe(422)
    expect((await made({})).status).toBe(201)
    const [line] = await tokens()
    expect(Math.abs(Date.parse(line.expires_at) - Date.parse(end))).toBeLessThan(60_000)
  })

  test.each([
    ['a past end', { expires_at: '2026-01-01T00:00:00.000Z' }], ['an end in 20 years', { expires_at: '2046-01-01T00:00:00.000Z' }],
    ['a domain of somebody else', { domain: 'bob.example' }], ['a domain that is none', { domain: 'not a domain' }],
    ['no address a day', { daily_limit: 0 }], ['a limit that it could take off itself', { daily_limit: 3, scopes: ['manage'] }],
  ])('%s: 422, and no token', async (_name, json) => {
    const before = (await tokens()).length
    expect((await make({ scopes: ['create'], ...json })).status).toBe(422)
    expect((await tokens()).length).toBe(before)
  })

  test('revoked, it takes its limits along', async () => {
    const { body } = await make({ scopes: ['create'], daily_limit: 9 })
    expect((await web.call('DELETE', `/v1/tokens/${body.id}`, { token: ada.token })).status).toBe(204)
    expect(await db.selectFrom('token_limits').select('token_id').where('daily_limit', '=', 9).execute()).toEqual([])
  })
})

test('the last use is known to the minute, and costs one write a minute', async () => {
  const { body } = await make({ scopes: ['read'] })
  const line = async () => (await tokens()).find((one: { id: string }) => one.id === body.id)
  expect((await line()).last_used_at).toBeNull()
  await web.call('GET', '/v1/me', { token: body.token })
  const first = (await line()).last_used_at
  expect(Date.parse(first)).toBeGreaterThan(Date.now() - 60_000)
  await web.call('GET', '/v1/me', { token: body.token })
  expect((await line()).last_used_at).toBe(first)
  await db.updateTable('token_limits').set({ last_used_at: new Date(Date.now() - 61_000) }).where('token_id', '=', body.id).execute()
  await web.call('GET', '/v1/me', { token: body.token })
  expect(Date.parse((await line()).last_used_at)).toBeGreaterThan(Date.now() - 60_000)
})

test('L09 shown once: 48 letters and digits, of which the database has a hash', async () => {
  const { body } = await make({})
  expect(body.token).toMatch(/^[A-Za-z0-9]{48}$/)
  const list = await web.call('GET', '/v1/tokens', { token: ada.token })
  expect(list.text).not.toContain(body.token)
  const [row] = await db.selectFrom('apikey').select('key').where('id', '=', body.id).execute()
  expect(row!.key).toBe(createHash('sha256').update(body.token).digest('base64url'))
})

describe('L21 a retried call', () => {
  test('with the same key makes one alias, also twice at the same time', async () => {
    const headers = { 'idempotency-key': 'a key of the client' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(ada.token, { site: 'twice.example' }, headers)))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1)
    expect(answers[0]!.status).toBe(201)
    const { body } = await web.call('GET', '/v1/aliases?site=twice.example', { token: ada.token })
    expect(body.items).toHaveLength(1)
    expect((await db.selectFrom('activity').select('id').where('alias_address', '=', answers[0]!.body.address).execute())).toHaveLength(1)
  })

  test('another key, another account, no key: another alias; what failed may be tried again', async () => {
    const headers = { 'idempotency-key': 'key' }
    const ids = [await create(ada.token, { site: 'one.example' }, headers), await create(ada.token, { site: 'one.example' }, { 'idempotency-key': 'key 2' }),
      await create(bob.token, { site: 'one.example' }, headers), await create(ada.token, { site: 'one.example' })].map(({ body }) => body.id)
    expect(new Set(ids).size).toBe(4)
    expect((await create(ada.token, { local_part: 'a..b' }, { 'idempotency-key': 'wrong' })).status).toBe(422)
    expect((await create(ada.token, { local_part: 'ab' }, { 'idempotency-key': 'wrong' })).body.address).toBe('ab@burn.localhost')
    await web.call('DELETE', `/v1/aliases/${ids[0]}`, { token: ada.token })
    expect((await create(ada.token, { site: 'one.example' }, headers)).body.id).not.toBe(ids[0])
    expect((await create(ada.token, {}, { 'idempotency-key': 'x'.repeat(256) })).status).toBe(400)
  })

  test('a retry does not count against a token’s day', async () => {
    const token = await tokenWith({ daily_limit: 1 })
    const headers = { 'idempotency-key': 'once a day' }
    expect((await create(token, {}, headers)).status).toBe(201)
    expect((await create(token, {}, headers)).status).toBe(201)
    expect((await create(token)).status).toBe(429)
  })
})

test('the form of addresses is a setting, and can be asked for', async () => {
  const patch = (json: object) => web.call('PATCH', '/v1/me', { token: ada.token, json })
  const address = async (json: object = { site: 'shop.example' }): Promise<string> => (await create(ada.token, json)).body.address
  expect((await web.call('GET', '/v1/me', { token: ada.token })).body.address_format).toBe('company')
  expect((await patch({ address_format: 'words' })).body.address_format).toBe('words')
  expect(await address()).toMatch(/^[a-z]+-[a-z]+-\d{3}@/)
  expect(await address({ site: 'shop.example', format: 'company' })).toMatch(/^shop-[a-z0-9]{5}@/)
  await patch({ address_format: 'letters' })
  expect(await address()).toMatch(/^[a-z0-9]{10}@/)
  expect((await patch({ address_format: 'digits' })).status).toBe(422)
  await patch({ address_format: 'company' })
})
