// The API while the database is away, or all its connections are at work: 503, try again; never a fault.
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../../src/store/database.ts'
import { createDatabase } from '../../support/database.ts'
import { openTcpProxy } from '../../support/tcp-proxy.ts'
import { startWeb } from '../../support/web-host.ts'

const { url } = await createDatabase()
const proxy = await openTcpProxy(url)
const behind = openDatabase(proxy.url, { max: 1 })
const web = await startWeb(behind)
Object.assign(web.host, { pingStore: () => sql`select 1`.execute(behind) })
const ada = await web.person('ada')
const cookie = await web.signIn(ada)
afterAll(async () => {
  await behind.destroy()
  await proxy[Symbol.asyncDispose]()
})

const away = { status: 503, body: { code: 'store-away', status: 503, detail: expect.stringContaining('Try again') } }
const calls = () => [
  web.call('GET', '/v1/aliases', { token: ada.token }),
  web.call('GET', '/v1/me', { headers: { cookie } }),
  web.call('POST', '/auth/sign-in/email', { json: { email: ada.email, password: ada.password }, headers: { origin: web.origin } }),
]

test('I06 the database is out of reach: 503 store-away with Retry-After, by token, by cookie and at sign-in; back again without a restart', async () => {
  proxy.cut()
  for (const answer of await Promise.all(calls())) {
    expect(answer).toMatchObject(away)
    expect(answer.headers.get('retry-after')).toBe('5')
  }
  proxy.mend()
  for (const answer of await Promise.all(calls())) expect(answer.status).toBe(200)
})

test('I03 no connection is free: 503 store-away', async () => {
  const held = Promise.withResolvers<void>()
  const holding = Promise.withResolvers<void>()
  const holder = behind.connection().execute(() => {
    holding.resolve()
    return held.promise
  })
  await holding.promise
  expect(await web.call('GET', '/v1/aliases', { token: ada.token })).toMatchObject(away)
  held.resolve()
  await holder
  expect((await web.call('GET', '/v1/aliases', { token: ada.token })).status).toBe(200)
})
