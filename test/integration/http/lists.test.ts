// What the lists of the pages ask for: filters, plots, labels, several at once, correspondents, holding by address, figures.
import { beforeAll, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import { lineFor } from '../../../src/flow/queue-and-hold.ts'
import { insertActivity } from '../../../src/store/activity.ts'
import { createDatabase } from '../../support/database.ts'
import { holdMessage } from '../../support/held-message.ts'
import { startWeb, type Person } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')

const create = async (who: Person, json: object) => (await web.call('POST', '/v1/aliases', { token: who.token, json })).body
const get = async (path: string, who: Person = ada) => (await web.call('GET', path, { token: who.token })).body
const post = (path: string, json: object, who: Person = ada) => web.call('POST', path, { token: who.token, json })
const today = new Date().toISOString().slice(0, 10)
const daysAgo = (n: number): string => new Date(Date.parse(today) - n * 86_400_000).toISOString().slice(0, 10)
const idOf = async (uuid: string): Promise<number> =>
  (await db.selectFrom('aliases').select('id').where('uuid', '=', uuid).executeTakeFirstOrThrow()).id
const countOn = async (who: Person, uuid: string, day: string, counts: { delivered?: number; held?: number; replied?: number }) => {
  const aliasId = await idOf(uuid)
  await db.insertInto('daily_counts').values({ account_id: who.id, alias_id: aliasId, day: sql<Date>`${day}::date`, ...counts }).execute()
  await db.updateTable('alias_counts').set({ last_message_at: new Date() }).where('alias_id', '=', aliasId).execute()
}

let shop: { id: string; address: string }
let bank: { id: string; address: string }
let quiet: { id: string; address: string }
let foreign: { id: string; address: string }
let second: string

beforeAll(async () => {
  second = (await db.insertInto('inboxes').values({
    account_id: ada.id, address: 'work@home.example', verified_at: new Date(), created_at: new Date(),
  }).returning('uuid').executeTakeFirstOrThrow()).uuid
  shop = await create(ada, { site: 'shop.example', label: 'Shopping' })
  bank = await create(ada, { site: 'bank.example', label: 'Money', inbox_ids: [second] })
  quiet = await create(ada, { site: 'quiet.example' })
  foreign = await create(bob, { site: 'bob.example', label: 'Shopping' })
  await countOn(ada, shop.id, today, { delivered: 3, held: 1 })
  await countOn(ada, shop.id, daysAgo(29), { delivered: 2, replied: 4 })
  await countOn(ada, shop.id, daysAgo(30), { delivered: 100 })
  await countOn(ada, bank.id, daysAgo(1), { held: 7 })
  await countOn(bob, foreign.id, today, { delivered: 50 })
})

describe('the list of aliases', () => {
  const names = async (query: string): Promise<string[]> => (await get(`/v1/aliases?${query}`)).items.map((one: { site: string }) => one.site)

  test.each([
    ['label=Shopping', ['shop.example']], ['label=', ['quiet.example']], ['label=Nothing', []], ['unused=true', ['quiet.example']], ['strangers=true', []],
    ['label=Money&unused=true', []], ['inbox_id=x', []], ['inbox_id=00000000-0000-4000-8000-000000000000', []], ['label=%00', []],
  ])('?%s', async (query, sites) => {
    expect((await names(query)).filter((site) => site !== null)).toEqual(sites)
  })

  test('by inbox', async () => {
    expect(await names(`inbox_id=${second}`)).toEqual(['bank.example'])
    expect((await get(`/v1/aliases?inbox_id=${second}`, bob)).items).toEqual([])
  })

  test('a plot has a number for each day, today last, and nothing of other days or other accounts', async () => {
    const { items } = await get('/v1/aliases?plot_days=30')
    const plots = new Map(items.map((one: { id: string; plot: object }) => [one.id, one.plot]))
    const zeros = Array.from({ length: 30 }, () => 0)
    expect(plots.get(shop.id)).toEqual({
      delivered: [2, ...zeros.slice(2), 3], held: [...zeros.slice(1), 1], replied: [4, ...zeros.slice(1)],
    })
    expect(plots.get(bank.id)).toEqual({ delivered: zeros, held: [...zeros.slice(2), 7, 0], replied: zeros })
    expect((await get('/v1/aliases')).items[0]).not.toHaveProperty('plot')
    expect((await web.call('GET', '/v1/aliases?plot_days=91', { token: ada.token })).status).toBe(400)
  })

  test('the pinned ones before all others, in every order and over pages of every size', async () => {
    const many = await web.person('many')
    for (const n of [1, 2, 3, 4, 5]) await create(many, { site: `s${n}.example`, pinned: n === 2 || n === 4 })
    const sites = async (sort: string, limit: number): Promise<string> => {
      const found: string[] = []
      for (let cursor = ''; ;) {
        const { items, next } = await get(`/v1/aliases?pinned_first=true&sort=${sort}&limit=${limit}${cursor && `&cursor=${cursor}`}`, many)
        found.push(...items.map((one: { site: string }) => one.site.slice(1, 2)))
        if (next === null) return found.join('')
        cursor = next
      }
    }
    for (const limit of [1, 2, 3, 4, 5, 50]) {
      expect(await sites('created', limit)).toBe('42531')
      expect(await sites('address', limit)).toBe('24135')
      expect(await sites('last_message', limit)).toBe('42531')
    }
    const { next } = await get('/v1/aliases?limit=1', many)
    expect((await web.call('GET', `/v1/aliases?pinned_first=true&cursor=${next}`, { token: many.token })).status).toBe(400)
  })

  test('the labels in use, of this account alone', async () => {
    await create(ada, { site: 'shop2.example', label: 'Shopping' })
    expect((await get('/v1/aliases/labels')).items).toEqual([{ label: 'Shopping', aliases: 2 }, { label: 'Money', aliases: 1 }])
  })
})

describe('several aliases at once', () => {
  test('each gets its own answer, in the order of the ids; what one refuses stops none', async () => {
    const [one, two] = [await create(ada, { site: 'one.example' }), await create(ada, { site: 'two.example' })]
    await web.call('POST', `/v1/aliases/${two.id}/close`, { token: ada.token })
    const { status, body } = await post('/v1/aliases/many', { action: 'burn', ids: [two.id, one.id, foreign.id, 'x', one.id] })
    expect({ status, items: body.items }).toMatchObject({ status: 200, items: [
      { id: two.id, ok: false, code: 'closed' }, { id: one.id, ok: true, alias: { id: one.id, state: 'burned' } },
      { id: foreign.id, ok: false, code: 'not-found' }, { id: 'x', ok: false, code: 'not-found' },
    ] })
    expect(body.items).toHaveLength(4)
    expect((await get(`/v1/aliases/${foreign.id}`, bob)).state).toBe('active')
  })

  test('label, move, close, restore with what was held meanwhile', async () => {
    const one = await create(ada, { site: 'three.example' })
    const act = async (json: object) => (await post('/v1/aliases/many', { ids: [one.id], ...json })).body.items[0].alias
    expect(await act({ action: 'label', label: ' Garden ' })).toMatchObject({ label: 'Garden', site: 'three.example' })
    expect(await act({ action: 'label', label: '' })).toMatchObject({ label: null })
    expect(await act({ action: 'move', inbox_ids: [second] })).toMatchObject({ inboxes: [{ id: second }] })
    expect(await act({ action: 'burn' })).toMatchObject({ state: 'burned' })
    await holdMessage(db, one.id, 'Subject: x\n\nx\n')
    expect(await act({ action: 'restore', release_held: true })).toMatchObject({ state: 'active', holding: 0 })
    expect(await act({ action: 'close' })).toMatchObject({ state: 'closed' })
  })

  test.each([
    ['no ids', { action: 'burn', ids: [] }], ['201 ids', { action: 'burn', ids: Array.from({ length: 201 }, () => 'x') }],
    ['an action that is none', { action: 'forget', ids: ['x'] }], ['a label without one', { action: 'label', ids: ['x'] }],
    ['a label of two lines', { action: 'label', ids: ['x'], label: 'a\nb' }],
  ])('%s: 422', async (_name, json) => {
    expect((await post('/v1/aliases/many', json)).status).toBe(422)
  })

  test('L11 an inbox of somebody else is refused for each', async () => {
    const inbox = (await get('/v1/inboxes', bob)).items[0].id
    expect((await post('/v1/aliases/many', { action: 'move', ids: [quiet.id], inbox_ids: [inbox] })).body.items).toMatchObject([{ ok: false, code: 'invalid' }])
  })
})

test('correspondents: of one address or of all, newest first, with the address that answers them', async () => {
  const alias = { id: await idOf(shop.id), uuid: shop.id, accountId: ada.id }
  for (const who of ['one', 'two', 'three']) await web.host.correspondents.reverseLocalPartFor(alias, `${who}@shop.example` as never, { remember: false })
  const others = { id: await idOf(foreign.id), uuid: foreign.id, accountId: bob.id }
  await web.host.correspondents.reverseLocalPartFor(others, 'x@bob.example' as never, { remember: false })
  const first = await get(`/v1/correspondents?alias_id=${shop.id}&limit=2`)
  expect(first.items).toMatchObject([
    {
      address: 'three@shop.example', alias: shop.address, alias_id: shop.id, stranger: false,
      reverse_address: expect.stringMatching(/^r\.[a-z0-9]+@burn\.localhost$/),
    },
    { address: 'two@shop.example' },
  ])
  expect((await get(`/v1/correspondents?alias_id=${shop.id}&limit=2&cursor=${first.next}`)).items).toMatchObject([{ address: 'one@shop.example' }])
  expect((await get('/v1/correspondents')).items).toHaveLength(3)
  for (const id of [foreign.id, 'x']) expect((await get(`/v1/correspondents?alias_id=${id}`)).items).toEqual([])
})

describe('holding', () => {
  const hold = async (alias: { id: string }, times: number): Promise<string[]> => {
    const ids: string[] = []
    for (let n = 0; n < times; n++) ids.push(await holdMessage(db, alias.id, `Subject: ${n}\n\n${n}\n`))
    return ids
  }
  let held: string[]
  beforeAll(async () => {
    await db.deleteFrom('held').execute()
    held = await hold(shop, 3)
    await hold(bank, 2)
    await hold(foreign, 4)
  })

  test('by address, unread first; with its size and when the first lapses', async () => {
    for (const { id } of (await get(`/v1/held?alias_id=${bank.id}`)).items) await get(`/v1/held/${id}`)
    const { items } = await get('/v1/held/groups')
    expect(items).toMatchObject([
      { alias_id: shop.id, alias: shop.address, site: 'shop.example', state: 'active', reasons: ['burned'], count: 3, unread: 3 },
      { alias_id: bank.id, count: 2, unread: 0 },
    ])
    expect(Date.parse(items[0].expires_at) - Date.parse(items[0].oldest_at)).toBe(30 * 86_400_000)
    const first = await get('/v1/held/groups?limit=1')
    expect((await get(`/v1/held/groups?limit=1&cursor=${first.next}`)).items).toMatchObject([{ alias_id: bank.id }])
    expect((await get('/v1/held?unread=true')).items).toHaveLength(3)
  })

  test('the account knows its storage, what is unread and when the first lapses', async () => {
    const { counts, limits } = await get('/v1/me')
    expect(counts).toMatchObject({ holding: 5, holding_unread: 3, unused: expect.any(Number) })
    expect(limits.held_bytes).toBe(200_000_000)
    expect(Date.parse(counts.holding_expires_at)).toBeGreaterThan(Date.now() + 29 * 86_400_000)
  })

  test('marked as read and unread', async () => {
    expect((await post('/v1/held/read', { ids: held, read: true })).body).toEqual({ marked: 3 })
    expect((await get('/v1/held?unread=true')).items).toEqual([])
    expect((await post('/v1/held/read', { ids: [...held, 'x'], read: false }, bob)).body).toEqual({ marked: 0 })
    expect((await post('/v1/held/read', { ids: [held[0]], read: false })).body).toEqual({ marked: 1 })
  })

  test('all since a time, a part a call; what would reveal an inbox stays', async () => {
    const [oldest] = held
    await db.updateTable('held').set({ held_at: new Date(Date.now() - 7_200_000) }).where('uuid', '=', oldest!).execute()
    await db.updateTable('held').set({ reason: 'would-reveal', burned_at: null }).where('uuid', '=', held[1]!).execute()
    const since = new Date(Date.now() - 3_600_000).toISOString()
    expect((await post('/v1/held/release', { since, alias_id: shop.id })).body).toEqual({ released: 1, skipped: 1, remaining: 0, next: null })
    expect((await get(`/v1/held?alias_id=${shop.id}`)).items).toHaveLength(2)
    expect((await post('/v1/held/release', { since, alias_id: shop.id })).body).toEqual({ released: 0, skipped: 1, remaining: 0, next: null })
    expect((await post('/v1/held/release', {})).status).toBe(422)
  })

  test('more than a call takes: it says how many are left and where to go on', async () => {
    await hold(quiet, 130)
    const first = (await post('/v1/held/release', { alias_id: quiet.id })).body
    expect(first).toMatchObject({ released: 100, skipped: 0, remaining: 30, next: expect.any(String) })
    expect((await post('/v1/held/release', { alias_id: quiet.id, cursor: first.next })).body).toEqual({ released: 30, skipped: 0, remaining: 0, next: null })
    expect(await db.selectFrom('deliveries').select('id').where('alias_id', '=', await idOf(quiet.id)).execute()).toHaveLength(130)
  })

  test('L20 the same release by ten callers delivers each message once', async () => {
    const ids = await hold(quiet, 20)
    const before = (await db.selectFrom('deliveries').select('id').execute()).length
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('/v1/held/release', { ids })))
    expect(answers.reduce((sum, { body }) => sum + body.released, 0)).toBe(20)
    expect(await db.selectFrom('deliveries').select('id').execute()).toHaveLength(before + 20)
  })

  test('an address without a verified inbox keeps its mail', async () => {
    await hold(quiet, 1)
    await db.updateTable('inboxes').set({ verified_at: null }).where('account_id', '=', ada.id).where('address', '=', 'ada@home.example').execute()
    expect((await post('/v1/held/release', { alias_id: quiet.id })).body).toMatchObject({ released: 0, skipped: 1 })
    await db.updateTable('inboxes').set({ verified_at: new Date() }).where('account_id', '=', ada.id).execute()
  })

  test('thrown away: those that are there, with a line for each', async () => {
    const ids = await hold(bank, 2)
    expect((await post('/v1/held/delete', { ids: [...ids, 'x'] }, bob)).body).toEqual({ deleted: 0 })
    expect((await post('/v1/held/delete', { ids: [...ids, 'x'] })).body).toEqual({ deleted: 2 })
    const lines = (await get(`/v1/activity?alias_id=${bank.id}`)).items
    expect(lines.slice(0, 2)).toMatchObject([{ kind: 'deleted', delivery_id: null }, { kind: 'deleted' }])
  })
})

test('a message’s way: its lines belong together, with what was found of it and what the other server answered', async () => {
  const alias = await web.host.routes.byId(await idOf(bank.id))
  const at = new Date()
  const message = { from: 'A shop <a@shop.example>', authentication: 'burn.example; spf=pass smtp.mailfrom=shop.example; dkim=none; dmarc=fail' } as never
  const line = { ...lineFor(web.host, alias!, message, 1_234, at), deliveryId: 77n }
  await insertActivity(db, [{ ...line, kind: 'queued', reply: '451 4.7.1 Greylisted' }, { ...line, checks: null, kind: 'delivered', reply: '250 2.0.0 Ok' }])
  const { items } = await get(`/v1/activity?alias_id=${bank.id}&limit=2`)
  expect(items).toMatchObject([
    { kind: 'delivered', delivery_id: '77', reply: '250 2.0.0 Ok', checks: {} },
    { kind: 'queued', delivery_id: '77', reply: '451 4.7.1 Greylisted', from: 'A shop <a@shop.example>', size: 1_234,
      checks: { spf: 'pass', dkim: 'none', dmarc: 'fail' } },
  ])
})

describe('figures', () => {
  test('the addresses with the most mail', async () => {
    const { items } = await get('/v1/stats/top?limit=2')
    expect(items).toEqual([
      { alias_id: bank.id, alias: bank.address, site: 'bank.example', label: 'Money', delivered: 0, held: 7, replied: 0 },
      { alias_id: shop.id, alias: shop.address, site: 'shop.example', label: 'Shopping', delivered: 5, held: 1, replied: 4 },
    ])
    expect((await get(`/v1/stats/top?from=${daysAgo(40)}`)).items[0]).toMatchObject({ alias_id: shop.id, delivered: 105 })
    expect((await web.call('GET', '/v1/stats/top?from=2026-01-02&to=2026-01-01', { token: ada.token })).status).toBe(400)
  })

  test('per day of one address', async () => {
    const { items } = await get(`/v1/stats?alias_id=${bank.id}`)
    expect(items).toHaveLength(30)
    expect(items.at(-2)).toEqual({ day: daysAgo(1), delivered: 0, held: 7, replied: 0 })
    expect((await get(`/v1/stats?alias_id=${foreign.id}`)).items).toEqual([])
  })
})

describe('a list that is short', () => {
  const turned = async (path: string, who: Person): Promise<object[]> => {
    const found: object[] = []
    for (let cursor = ''; ;) {
      const { items, next } = await get(`${path}limit=1${cursor && `&cursor=${cursor}`}`, who)
      expect(items).toHaveLength(1)
      found.push(...items)
      if (next === null) return found
      cursor = next
    }
  }

  test.each(['/v1/inboxes?', '/v1/tokens?', '/v1/aliases/labels?', '/v1/stats?from=2026-01-01&to=2026-01-05&'])('%s: whole, and page by page', async (path) => {
    await web.token(ada, ['read'])
    const { items, next } = await get(path)
    expect(next).toBeNull()
    expect(items.length).toBeGreaterThan(1)
    expect(await turned(path, ada)).toEqual(items)
    for (const wrong of ['limit=0', 'limit=201', 'limit=x', 'cursor=x']) {
      expect((await web.call('GET', path + wrong, { token: ada.token })).body).toMatchObject({ status: 400, code: 'invalid-query' })
    }
  })

  test.each(['blocks', 'domains', 'webhooks', 'app-passwords', 'imports', 'leaks', 'stats/top', 'host/accounts', 'host/invitations'])(
    '/v1/%s: items and next', async (path) => {
      expect(await get(`/v1/${path}?limit=1`)).toMatchObject({ items: expect.any(Array), next: path === 'host/accounts' ? expect.any(String) : null })
    })

  test('what was deleted between two pages is not missed', async () => {
    const carl = await web.person('carl')
    for (let n = 0; n < 4; n++) await web.token(carl, ['read'])
    const all: { id: string }[] = (await get('/v1/tokens', carl)).items
    const { items, next } = await get('/v1/tokens?limit=2', carl)
    expect(items).toEqual(all.slice(0, 2))
    for (const { id } of items) expect((await web.call('DELETE', `/v1/tokens/${id}`, { token: carl.token })).status).toBe(204)
    expect((await get(`/v1/tokens?limit=2&cursor=${next}`, carl)).items).toEqual(all.slice(2, 4))
  })
})
