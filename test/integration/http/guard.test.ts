// Who may call what: every route of the description, without and with the wrong credentials.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { holdMessage } from '../../support/held-message.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')
const { body: alias } = await web.call('POST', '/v1/aliases', { token: ada.token, json: { site: 'shop.example' } })
const heldId = await holdMessage(db, alias.id, 'From: a@b.example\nSubject: x\n\nbody\n')
const inboxId: string = alias.inboxes[0].id
const cookie = await web.signIn(ada)
const createOnly = await web.token(ada, ['create'])
const readOnly = await web.token(ada, ['read'])
const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
const withoutScope = await web.token(ada, ['read'])
await db.updateTable('apikey').set({ permissions: null }).where('key', '=', keyOf(withoutScope)).execute()

const { body: description } = await web.call('GET', '/v1/openapi.json')
const open = new Set([
  'GET /v1/session', 'POST /v1/setup', 'POST /v1/setup/link', 'POST /v1/setup/passkey', 'POST /v1/setup/passkey/verify',
  'POST /v1/password/reset', 'POST /v1/sign-up',
  'POST /v1/inboxes/verify',
  // The link is the secret: it came by mail (integration/mail/burn-button, integration/http/links-in-mail).
  'GET /v1/burn/{token}', 'POST /v1/burn/{token}', 'GET /v1/waiting/{token}', 'POST /v1/waiting/{token}',
])
const routes = Object.entries(description.paths as Record<string, object>)
  .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })))
  .map(({ method, path }) => {
    const id = path.startsWith('/v1/held') ? heldId : path.startsWith('/v1/inboxes') ? inboxId : /^\/v1\/(tokens|sessions|host)/.test(path) ? 'x' : alias.id
    return { method, route: `${method} ${path}`, path: path.replace('{id}', id).replace('{n}', '0') }
  })
/** What a call needs in its body to be about its id. */
const bodyOf = (method: string, path: string): object => ({
  ...(method === 'PATCH' && { json: {} }), ...(path.endsWith('/code') && { json: { code: '123456' } }),
  ...(method === 'POST' && path.endsWith('/senders/expected') && { json: { sender: 'shop.example' } }),
  ...(method === 'POST' && path.endsWith('/correspondents') && { json: { address: 'someone@shop.example' } }),
})
/** All that a token may do which only creates. */
const forCreating = new Set(['POST /v1/aliases', 'GET /v1/site'])
const guarded = routes.filter(({ route }) => !open.has(route))
const unsafe = guarded.filter(({ method }) => method !== 'GET')
const state = async () => JSON.stringify([
  await db.selectFrom('aliases').selectAll().orderBy('id').execute(), await db.selectFrom('held').select(['id', 'released_at']).execute(),
  await db.selectFrom('inboxes').selectAll().orderBy('id').execute(), await db.selectFrom('apikey').select('id').orderBy('id').execute(),
  await db.selectFrom('account_settings').selectAll().execute(),
])

test('the description has every call of the interface', () => {
  expect(routes.map(({ route }) => route)).toEqual(expect.arrayContaining([
    'POST /v1/aliases', 'GET /v1/aliases', 'GET /v1/aliases/{id}', 'PATCH /v1/aliases/{id}', 'POST /v1/aliases/{id}/burn', 'POST /v1/aliases/{id}/restore',
    'POST /v1/aliases/{id}/close', 'DELETE /v1/aliases/{id}', 'GET /v1/held', 'GET /v1/held/{id}', 'GET /v1/held/{id}/raw', 'POST /v1/held/{id}/release',
    'DELETE /v1/held/{id}', 'GET /v1/inboxes', 'POST /v1/inboxes', 'DELETE /v1/inboxes/{id}', 'GET /v1/local', 'GET /v1/local/{id}', 'GET /v1/activity',
    'GET /v1/stats', 'GET /v1/me', 'PATCH /v1/me',
  ]))
})

describe.each(guarded)('$route', ({ method, path }) => {
  test('401 without credentials, with a wrong token, and with a wrong token beside a good cookie', async () => {
    const wrong = 'x'.repeat(48)
    for (const options of [
      {}, { token: wrong }, { token: wrong, headers: { cookie, origin: web.origin } },
      { headers: { authorization: 'Basic YTpi', cookie } }, { headers: { cookie: 'burnbox.session_token=x.y' } },
    ]) {
      const { status, body, headers } = await web.call(method, path, options)
      expect({ status, code: body?.code }).toEqual({ status: 401, code: 'unauthorized' })
      expect(headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  test('L10 403 with a token that lacks the scope, or has none', async () => {
    const lacking = method === 'GET' && !forCreating.has(`${method} ${path}`) ? createOnly : readOnly
    for (const token of [lacking, withoutScope]) expect(await web.call(method, path, { token })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  test('L10 a token that only creates does nothing else', async () => {
    if (forCreating.has(`${method} ${path}`)) return
    const before = await state()
    const answer = await web.call(method, path, { token: createOnly, ...bodyOf(method, path) })
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await state()).toBe(before)
  })

  test('L11 404 for the ids of somebody else', async () => {
    if (!path.includes(alias.id) && !path.includes(heldId) && !path.includes(inboxId)) return
    const answer = await web.call(method, path, { token: bob.token, ...bodyOf(method, path) })
    expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } })
  })

  test('404 for an id that is none', async () => {
    if (!/[0-9a-f-]{36}/.test(path)) return
    for (const id of ['x', '1', '%00', '%2e%2e%2f', "'--", '00000000-0000-4000-8000-000000000000', 'x'.repeat(5000)]) {
      const { status } = await web.call(method, path.replace(/[0-9a-f-]{36}/, id), { token: ada.token, ...bodyOf(method, path) })
      expect(status).toBe(404)
    }
  })

  test('L19 whatever it answers is not kept by anybody', async () => {
    if (method !== 'GET') return
    const { headers } = await web.call(method, path, { token: ada.token })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
  })
})

describe.each(unsafe)('L01 $route with a cookie', ({ method, path }) => {
  const json = method === 'PATCH' || path.endsWith('inboxes') || path.endsWith('tokens') || path.endsWith('aliases') ? {} : undefined
  const plain = { body: '{}', headers: { 'content-type': 'text/plain', origin: web.origin } }
  test.each([
    ['no Origin', { json }], ['a foreign Origin', { json, headers: { origin: 'https://evil.example' } }],
    ['a null Origin', { json, headers: { origin: 'null' } }],
    ['a foreign Origin and no type', { headers: { origin: 'https://evil.example' } }],
    ['a sibling site', { json, headers: { origin: web.origin, 'sec-fetch-site': 'same-site' } }],
    ['cross-site', { json, headers: { 'sec-fetch-site': 'cross-site' } }], ['text/plain', plain],
    ['multipart', { body: '--x--', headers: { 'content-type': 'multipart/form-data; boundary=x', origin: web.origin } }],
    ['a form', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded', origin: web.origin } }],
    ['another scheme', { json, headers: { origin: web.origin.replace('http:', 'https:') } }],
    ['another port', { json, headers: { origin: 'http://127.0.0.1:1' } }],
  ])('%s: 403 and no change', async (_name, options) => {
    const before = await state()
    const { headers = {}, ...rest } = options as { headers?: Record<string, string> }
    expect(await web.call(method, path, { ...rest, headers: { cookie, ...headers } })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await state()).toBe(before)
  })
})

test('L01 a method override changes no method', async () => {
  const answer = await web.call('GET', `/v1/aliases/${alias.id}?_method=DELETE`, { headers: { cookie, 'x-http-method-override': 'DELETE' } })
  expect(answer).toMatchObject({ status: 200, body: { id: alias.id, state: 'active' } })
})

test('a page of this host may: same origin, on localhost and on 127.0.0.1', async () => {
  for (const headers of [
    { origin: web.origin }, { origin: web.origin.replace('127.0.0.1', 'localhost') },
    { 'sec-fetch-site': 'same-origin' }, { origin: web.origin, 'sec-fetch-site': 'same-origin' },
  ] as Record<string, string>[]) {
    const { status } = await web.call('PATCH', `/v1/aliases/${alias.id}`, { json: { label: 'mine' }, headers: { cookie, ...headers } })
    expect(status).toBe(200)
  }
})

test('L05 a revoked token and an ended session are refused at once', async () => {
  const token = await web.token(ada, [])
  expect((await web.call('GET', '/v1/me', { token })).status).toBe(200)
  const { body } = await web.call('GET', '/v1/tokens', { token: ada.token })
  const { id } = body.items.find((one: { start: string }) => token.startsWith(one.start))
  expect((await web.call('DELETE', `/v1/tokens/${id}`, { token: bob.token })).status).toBe(404)
  expect((await web.call('DELETE', `/v1/tokens/${id}`, { token: ada.token })).status).toBe(204)
  expect((await web.call('GET', '/v1/me', { token })).status).toBe(401)

  const own = await web.signIn(bob)
  expect((await web.call('GET', '/v1/me', { headers: { cookie: own } })).status).toBe(200)
  expect((await web.call('POST', '/auth/sign-out', { json: {}, headers: { cookie: own, origin: web.origin } })).status).toBe(200)
  expect((await web.call('GET', '/v1/me', { headers: { cookie: own } })).status).toBe(401)
})

test('a token that has lapsed or was switched off is refused', async () => {
  const token = await web.token(ada, [])
  const key = keyOf(token)
  await db.updateTable('apikey').set({ expiresAt: new Date(Date.now() - 1000) }).where('key', '=', key).execute()
  expect((await web.call('GET', '/v1/me', { token })).status).toBe(401)
  await db.updateTable('apikey').set({ expiresAt: null, enabled: false }).where('key', '=', key).execute()
  expect((await web.call('GET', '/v1/me', { token })).status).toBe(401)
})

test('a token does not outlive its account', async () => {
  const gone = await web.person('gone')
  await db.deleteFrom('alias_inboxes').where('account_id', '=', gone.id).execute()
  await db.updateTable('account_settings').set({ default_inbox_id: null }).where('account_id', '=', gone.id).execute()
  await db.deleteFrom('user').where('id', '=', gone.id).execute()
  expect(await db.selectFrom('apikey').select('id').where('referenceId', '=', gone.id).execute()).toHaveLength(1)
  expect((await web.call('GET', '/v1/aliases', { token: gone.token })).status).toBe(401)
})

test('checking a token writes nothing', async () => {
  const rows = () => db.selectFrom('apikey').select(['id', 'lastRequest', 'requestCount', 'updatedAt']).orderBy('id').execute()
  const before = await rows()
  await web.call('GET', '/v1/me', { token: ada.token })
  expect(await rows()).toEqual(before)
})

test('L09 a token is kept as a hash: nowhere in the database is it readable', async () => {
  const rows = JSON.stringify(await db.selectFrom('apikey').selectAll().execute())
  expect(rows).not.toContain(ada.token)
  expect(ada.token).toMatch(/^[A-Za-z0-9]{48}$/)
})

test('manage is stored with what it includes; read is read alone', async () => {
  const scopesOf = async (scopes: ('read' | 'manage' | 'create')[]) =>
    (await web.call('POST', '/v1/tokens', { token: ada.token, json: { name: 'x', scopes } })).body.scopes
  expect(await scopesOf(['manage'])).toEqual(['create', 'read', 'manage'])
  expect(await scopesOf(['read'])).toEqual(['read'])
  expect((await web.call('POST', '/v1/tokens', { token: ada.token, json: { name: 'x' } })).body.scopes).toEqual(['create', 'read', 'manage'])
  expect((await web.call('POST', '/v1/tokens', { token: ada.token, json: { name: 'x', scopes: ['root'], userId: bob.id } })).status).toBe(422)
})

test.each([
  '/v1/', '/v1/nothing', '/v1/aliases/', '/V1/aliases', '/v1//aliases', '/api/v1', '/auth/nothing', '/assets/none.js', '/.env',
  '/..%2f..%2fetc/passwd', '/%00',
])('L18 GET %s is 404', async (path) => {
  expect((await web.call('GET', path, { token: ada.token })).status).toBe(404)
})

test('L18 other verbs reach nothing', async () => {
  for (const method of ['PUT', 'OPTIONS', 'PROPFIND', 'DELETE']) expect((await web.call(method, '/v1/aliases', { token: ada.token })).status).toBe(404)
  const head = await web.call('HEAD', `/v1/aliases/${alias.id}`, { token: ada.token })
  expect([head.status, head.text]).toEqual([200, ''])
  expect((await web.call('HEAD', `/v1/aliases/${alias.id}`)).status).toBe(401)
})

test('what nobody expected is a 500 with an id, and says nothing about itself', async () => {
  const { host } = web
  const { db: working } = host
  Object.assign(host, { db: new Proxy({}, { get: () => { throw new Error('secret detail') } }) })
  try {
    const { status, body, text } = await web.call('GET', '/v1/session')
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'fault' })
    expect(text).not.toMatch(/secret|stack|at /)
  } finally {
    Object.assign(host, { db: working })
  }
})
