// /v1/webhooks: made, shown, changed, tried, deleted, each by its owner alone. What is called, and when, is in ../mail/webhooks.test.ts.
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createDatabase } from '../../support/database.ts'
import { openHookServer } from '../../support/hook-server.ts'
import { startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const permissive = await startWeb(db, { env: { BURNBOX_WEBHOOK_PRIVATE: 'true' } })
const ada = await web.person('ada')
const bob = await web.person('bob')
const add = (json: object, token = ada.token) => web.call('POST', '/v1/webhooks', { token, json })
const list = async () => (await web.call('GET', '/v1/webhooks', { token: ada.token })).body.items
const HOOK = 'https://hook.example/in?key=abc'

test('the secret is shown once; neither it nor the address can be read in the database', async () => {
  const { status, body } = await add({ url: HOOK })
  expect(status).toBe(201)
  expect(body).toMatchObject({
    url: HOOK, events: ['alias.created', 'alias.burned', 'stranger.seen', 'message.held'], enabled: true, state: 'on', last: null, waiting: 0,
    secret: expect.stringMatching(/^whsec_[\w-]{43}$/),
  })
  const { secret, ...shown } = body
  expect(await list()).toEqual([shown])
  const rows = JSON.stringify(await db.selectFrom('webhooks').selectAll().execute(), (_, value) =>
    value?.type === 'Buffer' ? String(Buffer.from(value)) : value)
  for (const text of [secret, 'hook.example', 'abc']) expect(rows).not.toContain(text)
})

test('changed, switched off and on, deleted', async () => {
  const { body: { id } } = await add({ url: HOOK, events: ['message.held', 'message.held'] })
  const change = (json: object) => web.call('PATCH', `/v1/webhooks/${id}`, { token: ada.token, json })
  expect(await change({ url: 'https://other.example/#x', events: ['alias.burned'], enabled: false }))
    .toMatchObject({ status: 200, body: { url: 'https://other.example/', events: ['alias.burned'], enabled: false, state: 'off' } })
  expect(await change({})).toMatchObject({ status: 200, body: { state: 'off' } })
  expect(await change({ enabled: true })).toMatchObject({ status: 200, body: { enabled: true, state: 'on', events: ['alias.burned'] } })
  expect(await change({ url: 'http://other.example/' })).toMatchObject({ status: 422 })
  expect((await web.call('DELETE', `/v1/webhooks/${id}`, { token: ada.token })).status).toBe(204)
  expect((await web.call('DELETE', `/v1/webhooks/${id}`, { token: ada.token })).status).toBe(404)
})

test('N15 somebody else\'s webhook does not exist, nor one that never was', async () => {
  const { body: { id } } = await add({ url: HOOK })
  for (const name of [id, '00000000-0000-4000-8000-000000000000', 'x']) {
    for (const [method, at, json] of [
      ['PATCH', '', { enabled: false }], ['DELETE', '', undefined], ['POST', '/test', undefined], ['POST', '/secret', undefined],
    ] as const) {
      expect(await web.call(method, `/v1/webhooks/${name}${at}`, { token: bob.token, json })).toMatchObject({ status: 404, body: { code: 'not-found' } })
    }
  }
  expect((await web.call('GET', '/v1/webhooks', { token: bob.token })).body.items).toEqual([])
  expect((await list()).find((one: { id: string }) => one.id === id)).toMatchObject({ enabled: true })
})

test('tokens that may not manage neither see nor make one', async () => {
  for (const scopes of [['read'], ['create']] as const) {
    const token = await web.token(ada, scopes)
    expect((await web.call('GET', '/v1/webhooks', { token })).status).toBe(403)
    expect((await add({ url: HOOK }, token)).status).toBe(403)
  }
})

test.each([
  'http://hook.example/', 'https://127.0.0.1/', 'https://[::1]/', 'https://169.254.169.254/latest/meta-data', 'https://2130706433/', 'https://0x7f.1/',
  'https://localhost:3000/', 'https://me:secret@hook.example/', 'file:///etc/passwd', 'gopher://hook.example/', 'javascript:1', 'hook.example', '',
])('L14 %s: 422', async (url) => {
  expect(await add({ url })).toMatchObject({ status: 422, body: { code: 'invalid' } })
})

test.each([[{ events: [] }], [{ events: ['alias.closed'] }], [{ events: 'alias.burned' }]])('%j: 422', async (wrong) => {
  expect((await add({ url: HOOK, ...wrong })).status).toBe(422)
})

test('a new secret: shown once, and from then on it alone signs; all else stays', async () => {
  const hook = await openHookServer()
  const dan = await permissive.person('dan')
  const call = (method: string, path: string, json?: object) => permissive.call(method, `/v1/webhooks${path}`, { token: dan.token, json })
  const { body: { id, secret, ...made } } = await call('POST', '', { url: hook.url, events: ['alias.burned'] })
  await call('PATCH', `/${id}`, { enabled: false })
  const renewed = await call('POST', `/${id}/secret`)
  expect(renewed).toMatchObject({ status: 200, body: { ...made, id, enabled: false, state: 'off', secret: expect.stringMatching(/^whsec_[\w-]{43}$/) } })
  expect(renewed.body.secret).not.toBe(secret)
  expect(JSON.stringify((await call('GET', '')).body)).not.toContain('whsec_')
  await call('POST', `/${id}/test`)
  const [{ headers, body }] = hook.came as [(typeof hook.came)[0]]
  const [, t, v1] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['burnbox-signature']))!
  expect(v1).toBe(createHmac('sha256', renewed.body.secret).update(`${t}.${body}`).digest('hex'))
})

test('ten for an account, and ten at once are no more', async () => {
  const eve = await web.person('eve')
  const answers = await Promise.all(Array.from({ length: 14 }, () => add({ url: HOOK }, eve.token)))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(10)
  expect(answers.find(({ status }) => status !== 201)).toMatchObject({ status: 409, body: { code: 'limit-reached' } })
})

test('a test call says what came of it, and is signed as any other; thirty an hour', async () => {
  const hook = await openHookServer()
  const cleo = await permissive.person('cleo')
  const { body: { id, secret } } = await permissive.call('POST', '/v1/webhooks', { token: cleo.token, json: { url: hook.url } })
  const call = () => permissive.call('POST', `/v1/webhooks/${id}/test`, { token: cleo.token })
  expect(await call()).toMatchObject({ status: 200, body: { ok: true, status: 204, error: null } })
  const { headers, body } = hook.came[0]!
  expect(JSON.parse(body)).toEqual({ id: headers['burnbox-id'], event: 'test', at: expect.any(String) })
  const [, t, v1] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['burnbox-signature']))!
  expect(v1).toBe(createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'))
  hook.answer = (response) => void response.writeHead(503).end('a secret page of the intranet')
  const failed = await call()
  expect(failed).toMatchObject({ status: 200, body: { ok: false, status: 503, error: 'It answered 503.' } })
  const { body: { items: [shown] } } = await permissive.call('GET', '/v1/webhooks', { token: cleo.token })
  expect(shown).toMatchObject({ state: 'on', failing_since: null, last: { ok: false, status: 503 } })
  const more = await Promise.all(Array.from({ length: 29 }, call))
  expect(more.filter(({ status }) => status === 429)).toHaveLength(1)
})
