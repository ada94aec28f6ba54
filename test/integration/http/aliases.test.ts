import { describe, expect, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { startWeb, type Person } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')

const create = async (who: Person, json: object = { site: 'https://www.shop.example/checkout?x=1' }) => {
  const { status, body } = await web.call('POST', '/v1/aliases', { token: who.token, json })
  expect(status).toBe(201)
  return body
}

describe('creating', () => {
  test('the address is made of the company’s name and random letters', async () => {
    const alias = await create(ada, { site: 'https://www.shop.example/checkout?x=1', label: 'Pans' })
    expect(alias).toMatchObject({
      address: expect.stringMatching(/^shop-[a-z2-9]{5}@burn\.localhost$/), state: 'active', site: 'shop.example', label: 'Pans', note: null,
      display_name: null, pinned: false, system: false, burned_at: null, last_message_at: null, holding: 0, counts: { delivered: 0, held: 0, replied: 0 },
      inboxes: [{ id: expect.any(String), address: 'ada@home.example', verified: true }],
    })
    expect((await web.call('GET', `/v1/aliases/${alias.id}`, { token: ada.token })).body).toEqual(alias)
  })

  test('a local-part on request, in lower case; taken for everybody after that: 409 alias-taken', async () => {
    expect((await create(ada, { local_part: 'My.Pans' })).address).toBe('my.pans@burn.localhost')
    const second = await web.call('POST', '/v1/aliases', { token: bob.token, json: { local_part: 'my.pans' } })
    expect(second).toMatchObject({ status: 409, body: { code: 'alias-taken', status: 409 } })
    expect(second.headers.get('content-type')).toBe('application/problem+json')
  })

  test.each([
    ['postmaster', { local_part: 'postmaster' }], ['Abuse', { local_part: 'Abuse' }], ['r.', { local_part: 'r.abc' }], ['b.', { local_part: 'b.abc' }],
    ['two dots', { local_part: 'a..b' }], ['a space', { local_part: 'a b' }], ['65 octets', { local_part: 'a'.repeat(65) }], ['empty', { local_part: '' }],
    ['a foreign domain', { domain: 'gmail.com' }], ['a site that is none', { site: 'not a site' }], ['a javascript site', { site: 'javascript:alert(1)' }],
    ['a label of two lines', { label: 'a\r\nBcc: x@y.example' }], ['a NUL', { note: 'a\0b' }], ['half a character', { label: 'a\ud800' }],
    ['an unknown inbox', { inbox_ids: ['00000000-0000-4000-8000-000000000000'] }],
    ['an inbox id that is none', { inbox_ids: ['x'] }], ['no inbox', { inbox_ids: [] }], ['a number', { label: 5 }],
  ])('L15 %s: 422 invalid', async (_name, json) => {
    const { status, body } = await web.call('POST', '/v1/aliases', { token: ada.token, json })
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'invalid' })
    expect(body.detail).toMatch(/\S/)
  })

  test('L11 an inbox of somebody else is unknown', async () => {
    const { body } = await web.call('GET', '/v1/inboxes', { token: bob.token })
    expect((await web.call('POST', '/v1/aliases', { token: ada.token, json: { inbox_ids: [body.items[0].id] } })).status).toBe(422)
  })

  test('L12 fields that are not for clients change nothing', async () => {
    const alias = await create(ada, {
      site: 'shop.example', userId: bob.id, account_id: bob.id, state: 'closed', system: true, burned_at: '2020-01-01T00:00:00Z',
        ...JSON.parse('{"__proto__":{"state":"closed"},"constructor":1}'),
    })
    expect(alias).toMatchObject({ state: 'active', system: false, burned_at: null })
    expect((await web.call('GET', `/v1/aliases/${alias.id}`, { token: bob.token })).status).toBe(404)
  })

  test('L10 with a create-only token: id, address, state, site and label alone, and nothing else is allowed', async () => {
    const token = await web.token(ada, ['create'])
    const { body } = await web.call('POST', '/v1/aliases', { token, json: { site: 'shop.example' } })
    expect(Object.keys(body).sort()).toEqual(['address', 'id', 'label', 'site', 'state'])
    for (const [method, path] of [
      ['GET', '/v1/aliases'], ['GET', `/v1/aliases/${body.id}`],
      ['POST', `/v1/aliases/${body.id}/burn`], ['DELETE', `/v1/aliases/${body.id}`],
    ] as const) {
      expect(await web.call(method, path, { token })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    }
  })

  test('not JSON: 400 malformed; another type: 415; too long: 413', async () => {
    const headers = { 'content-type': 'application/json' }
    expect(await web.call('POST', '/v1/aliases', { token: ada.token, headers, body: '{' })).toMatchObject({ status: 400, body: { code: 'malformed' } })
    expect(await web.call('POST', '/v1/aliases', { token: ada.token, headers: { 'content-type': 'text/plain' }, body: '{}' }))
      .toMatchObject({ status: 415 })
    expect(await web.call('POST', '/v1/aliases', { token: ada.token, headers, body: JSON.stringify({ note: 'x'.repeat(70_000) }) }))
      .toMatchObject({ status: 413, body: { code: 'too-large' } })
  })
})

describe('state', () => {
  const move = (id: string, to: string, json?: object) => web.call('POST', `/v1/aliases/${id}/${to}`, { token: ada.token, json })

  test('burn, restore and close are idempotent; each change is one line of the activity', async () => {
    const { id } = await create(ada)
    for (const step of ['burn', 'burn', 'restore', 'restore', 'close', 'close']) expect((await move(id, step)).status).toBe(200)
    const { body } = await web.call('GET', `/v1/activity?alias_id=${id}`, { token: ada.token })
    expect(body.items.map((line: { kind: string }) => line.kind)).toEqual(['closed', 'restored', 'burned', 'created'])
  })

  test('a burned alias says when; a closed one cannot be burned: 409 closed', async () => {
    const { id } = await create(ada)
    const { body } = await move(id, 'burn')
    expect(body).toMatchObject({ state: 'burned', burned_at: expect.stringMatching(/Z$/) })
    expect((await move(id, 'close')).body).toMatchObject({ state: 'closed', burned_at: body.burned_at })
    expect(await move(id, 'burn')).toMatchObject({ status: 409, body: { code: 'closed' } })
    expect((await move(id, 'restore', { release_held: true })).body).toMatchObject({ state: 'active', released: 0, skipped: 0 })
  })

  test('L20 fifty parallel burns: one line, one time', async () => {
    const { id } = await create(ada)
    const answers = await Promise.all(Array.from({ length: 50 }, () => move(id, 'burn')))
    expect(new Set(answers.map((one) => `${one.status} ${one.body.burned_at}`)).size).toBe(1)
    const { body } = await web.call('GET', `/v1/activity?alias_id=${id}`, { token: ada.token })
    expect(body.items.filter((line: { kind: string }) => line.kind === 'burned')).toHaveLength(1)
  })

  test('postmaster and abuse are there, and cannot be burned, closed or deleted: 409 protected', async () => {
    const { body } = await web.call('GET', '/v1/aliases?q=burn.localhost&sort=address&limit=200', { token: ada.token })
    const system = body.items.filter((alias: { system: boolean }) => alias.system)
    expect(system.map((alias: { address: string }) => alias.address)).toEqual(['abuse@burn.localhost', 'postmaster@burn.localhost'])
    for (const [method, end] of [['POST', '/burn'], ['POST', '/close'], ['DELETE', '?discard=true']] as const) {
      expect(await web.call(method, `/v1/aliases/${system[0].id}${end}`, { token: ada.token })).toMatchObject({ status: 409, body: { code: 'protected' } })
    }
  })
})

describe('changing and forgetting', () => {
  test('what is named changes, what is not stays, null empties', async () => {
    const { id } = await create(ada, { site: 'shop.example', label: 'Pans', note: 'one\ntwo' })
    const { body } = await web.call('PATCH', `/v1/aliases/${id}`, {
      token: ada.token, json: { label: null, pinned: true, display_name: 'Ada', site: 'https://other.example/' },
    })
    expect(body).toMatchObject({ label: null, note: 'one\ntwo', pinned: true, display_name: 'Ada', site: 'other.example' })
    expect((await web.call('PATCH', `/v1/aliases/${id}`, { token: ada.token, json: {} })).body).toEqual(body)
  })

  test('a forgotten address is gone and is never given out again', async () => {
    const { id } = await create(ada, { local_part: 'once' })
    expect((await web.call('DELETE', `/v1/aliases/${id}`, { token: ada.token })).status).toBe(204)
    expect((await web.call('GET', `/v1/aliases/${id}`, { token: ada.token })).status).toBe(404)
    for (const who of [ada, bob]) {
      expect(await web.call('POST', '/v1/aliases', { token: who.token, json: { local_part: 'once' } }))
        .toMatchObject({ status: 409, body: { code: 'alias-taken' } })
    }
    const { rows } = { rows: await db.selectFrom('retired_addresses').selectAll().execute() }
    expect(rows.map((row) => row.address_hash.toString('latin1')).join()).not.toContain('once')
  })
})

describe('listing', () => {
  test('pages of every order hold each alias once', async () => {
    const carol = await web.person('carol')
    for (let n = 0; n < 7; n++) await create(carol, { local_part: `carol-${n}` })
    for (const sort of ['created', 'last_message', 'address']) {
      const seen: string[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body } = await web.call('GET', `/v1/aliases?limit=2&sort=${sort}${cursor === '' ? '' : `&cursor=${cursor}`}`, { token: carol.token })
        seen.push(...body.items.map((alias: { address: string }) => alias.address))
        cursor = body.next
      }
      expect([...seen].sort()).toEqual(Array.from({ length: 7 }, (_, n) => `carol-${n}@burn.localhost`))
    }
  })

  test('all words must match; % and _ and \\ are letters', async () => {
    const dora = await web.person('dora')
    await create(dora, { local_part: 'plain', label: 'hundred percent' })
    await create(dora, { local_part: 'odd', label: '100% of_it', note: 'Größe \\o/' })
    const find = async (q: string) => {
      const { body } = await web.call('GET', `/v1/aliases?q=${encodeURIComponent(q)}`, { token: dora.token })
      return body.items.map((alias: { address: string }) => alias.address.split('@')[0])
    }
    expect(await find('%')).toEqual(['odd'])
    expect(await find('f_i')).toEqual(['odd'])
    expect(await find('\\o')).toEqual(['odd'])
    expect(await find('GRÖSSE')).toEqual([])
    expect(await find('größe 100%')).toEqual(['odd'])
    expect(await find('hundred 100%')).toEqual([])
    expect(await find("'; drop table aliases; --")).toEqual([])
    expect(await find('a\0zz')).toEqual([])
  })

  test.each([
    'limit=0', 'limit=201', 'limit=x', 'state=gone', 'sort=id;drop', 'cursor=x', 'cursor=e30',
    `cursor=${Buffer.from('["address","x",1]').toString('base64url')}`,
    `sort=last_message&cursor=${Buffer.from('["last_message","never",1]').toString('base64url')}`,
    `cursor=${Buffer.from('["created",null,9999999999]').toString('base64url')}`,
  ])('L13 ?%s: 400', async (query) => {
    expect(await web.call('GET', `/v1/aliases?${query}`, { token: ada.token })).toMatchObject({ status: 400, body: { code: 'invalid-query' } })
  })
})
