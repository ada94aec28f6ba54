// The ways in: set-up link, one-time sign-in link, e-mail and password. RELIABILITY L04–L08, L16, L17.
import { beforeEach, describe, expect, test } from 'vitest'
import { createAccount, createSignInLink } from '../../../src/flow/create-account.ts'
import { prepareHost } from '../../../src/flow/set-up.ts'
import { createAuth } from '../../../src/http/auth.ts'
import { createWeb } from '../../../src/http/create-web.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { createDatabase } from '../../support/database.ts'
import { createTestHost, startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const tokenOf = (link: string): string => new URL(link).hash.slice(1)
const password = 'long enough now'

beforeEach(async () => {
  await db.deleteFrom('aliases').execute()
  await db.deleteFrom('alias_inboxes').execute()
  await db.updateTable('account_settings').set({ default_inbox_id: null }).execute()
  await db.deleteFrom('user').execute()
  await db.deleteFrom('one_time_links').execute()
  await db.deleteFrom('apikey').execute()
  await db.deleteFrom('rateLimit').execute()
})

describe('set-up', () => {
  test('the link makes the operator, its verified default inbox, postmaster and abuse, and signs in', async () => {
    const link = (await prepareHost(web.host))!
    expect(link).toMatch(new RegExp(`^${web.host.config.url.origin}/setup#[\\w-]{32}$`))
    expect((await web.call('GET', '/v1/session')).body).toMatchObject({ signed_in: false, setup_needed: true, domain: 'burn.localhost', local: true })
    expect((await web.call('POST', '/v1/setup/link', { json: { token: tokenOf(link) } })).body).toEqual({ purpose: 'setup', email: null })
    const { status, headers, body } = await web.call('POST', '/v1/setup', {
      json: { token: tokenOf(link), email: 'Ada@Home.Example', password, name: 'Ada' },
    })
    expect({ status, body }).toMatchObject({ status: 201, body: { email: 'ada@home.example', name: 'Ada', role: 'operator' } })
    const cookie = headers.getSetCookie().map((one) => one.split(';')[0]).join('; ')
    const me = (await web.call('GET', '/v1/me', { headers: { cookie } })).body
    const inboxes = (await web.call('GET', '/v1/inboxes', { headers: { cookie } })).body.items
    expect(inboxes).toMatchObject([{ id: me.default_inbox_id, address: 'ada@home.example', verified: true, aliases: 2 }])
    expect((await web.call('GET', '/v1/aliases?sort=address', { headers: { cookie } })).body.items).toMatchObject([
      { address: 'abuse@burn.localhost', system: true }, { address: 'postmaster@burn.localhost', system: true },
    ])
    expect(await prepareHost(web.host)).toBeUndefined()
    expect((await web.call('GET', '/v1/session', { headers: { cookie } })).body)
      .toMatchObject({ signed_in: true, setup_needed: false, email: 'ada@home.example' })
  })

  test('the link works once, also for two at the same time; a restart makes the one before useless', async () => {
    const old = (await prepareHost(web.host))!
    const link = (await prepareHost(web.host))!
    const use = (one: string, n: number) => web.call('POST', '/v1/setup', { json: { token: tokenOf(one), email: `a${n}@home.example`, password } })
    expect(await use(old, 0)).toMatchObject({ status: 410, body: { code: 'link-used' } })
    const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => use(link, n)))
    expect(answers.map((one) => one.status).sort()).toEqual([201, 410, 410, 410, 410])
    expect(await db.selectFrom('user').select('id').execute()).toHaveLength(1)
  })

  test('a link that is open when somebody else makes the first account is of no use any more', async () => {
    const link = (await prepareHost(web.host))!
    await createAccount(web.host, { email: 'bob@home.example' as Mailbox, role: 'member', inboxes: [] })
    expect(await web.call('POST', '/v1/setup', { json: { token: tokenOf(link), email: 'ada@home.example', password } }))
      .toMatchObject({ status: 409, body: { code: 'set-up' } })
  })

  test.each([
    ['a short password', { email: 'ada@home.example', password: 'too short' }], ['no address', { password }],
    ['an address that is none', { email: 'ada', password }],
    ['an address on this host', { email: 'ada@burn.localhost', password }],
    ['a password without end', { email: 'ada@home.example', password: 'x'.repeat(129) }],
  ])('%s: 422, and the link still works', async (_name, json) => {
    const token = tokenOf((await prepareHost(web.host))!)
    expect(await web.call('POST', '/v1/setup', { json: { token, ...json } })).toMatchObject({ status: 422, body: { code: 'invalid' } })
    expect((await web.call('POST', '/v1/setup', { json: { token, email: 'ada@home.example', password } })).status).toBe(201)
  })

  test('only a hash of the token is kept, and it lapses', async () => {
    const token = tokenOf((await prepareHost(web.host))!)
    const [row] = await db.selectFrom('one_time_links').selectAll().execute()
    expect(row!.token_hash).toHaveLength(32)
    expect(JSON.stringify(row)).not.toContain(token)
    await db.updateTable('one_time_links').set({ expires_at: new Date(Date.now() - 1000) }).execute()
    expect(await web.call('POST', '/v1/setup/link', { json: { token } })).toMatchObject({ status: 410, body: { code: 'link-used' } })
  })

  test('L06 no other site may use it', async () => {
    const token = tokenOf((await prepareHost(web.host))!)
    const json = { token, email: 'ada@home.example', password }
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }] as Record<string, string>[]) {
      expect((await web.call('POST', '/v1/setup', { json, headers })).status).toBe(403)
    }
    expect((await web.call('POST', '/v1/setup', { body: JSON.stringify(json), headers: { 'content-type': 'text/plain' } })).status).toBe(415)
  })
})

describe('a one-time sign-in link', () => {
  test('sets the password of its account, once; a new one ends the sessions', async () => {
    const { id, link } = await createAccount(web.host, {
      email: 'bob@home.example' as Mailbox, role: 'member', inboxes: ['b1@home.example', 'b2@home.example'] as Mailbox[],
    })
    expect((await web.call('POST', '/v1/setup/link', { json: { token: tokenOf(link) } })).body).toEqual({ purpose: 'sign-in', email: 'bob@home.example' })
    const { status, headers } = await web.call('POST', '/v1/setup', { json: { token: tokenOf(link), password } })
    expect(status).toBe(201)
    const cookie = headers.getSetCookie().map((one) => one.split(';')[0]).join('; ')
    expect((await web.call('GET', '/v1/inboxes', { headers: { cookie } })).body.items).toMatchObject([
      { address: 'b1@home.example', verified: true }, { address: 'b2@home.example', verified: true },
    ])
    expect((await web.call('POST', '/v1/setup', { json: { token: tokenOf(link), password } })).status).toBe(410)

    const second = await createSignInLink(web.host, id)
    expect((await web.call('POST', '/v1/setup', { json: { token: tokenOf(second), password: 'another long one' } })).status).toBe(201)
    expect((await web.call('GET', '/v1/me', { headers: { cookie } })).status).toBe(401)
    expect((await web.call('POST', '/auth/sign-in/email', { json: { email: 'bob@home.example', password } })).status).toBe(401)
  })
})

describe('/auth', () => {
  test.each([
    ['POST', '/auth/sign-up/email', { email: 'x@home.example', password, name: 'x' }], ['POST', '/auth/api-key/create', { name: 'x' }],
    ['POST', '/auth/api-key/update', { keyId: 'x' }],
    ['POST', '/auth/update-user', { name: 'x' }], ['POST', '/auth/change-email', { newEmail: 'x@y.example' }], ['POST', '/auth/delete-user', {}],
  ])('%s %s is not there', async (method, path, json) => {
    const ada = await web.person('ada')
    const cookie = await web.signIn(ada)
    expect((await web.call(method, path, { json, headers: { cookie, origin: web.origin } })).status).toBe(404)
    expect(await db.selectFrom('user').select('id').execute()).toHaveLength(1)
    expect(await db.selectFrom('apikey').select('id').execute()).toHaveLength(1)
  })

  test('L06 sign-in from a foreign site is refused', async () => {
    const ada = await web.person('ada')
    const json = { email: ada.email, password: ada.password }
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
      expect((await web.call('POST', '/auth/sign-in/email', { json, headers })).status).toBe(403)
    }
  })

  test('L17 behind https the cookie is __Host-, Secure, HttpOnly, SameSite=Lax; HSTS is sent', async () => {
    const ada = await web.person('ada')
    const host = createTestHost(db, { BURNBOX_DOMAIN: 'burn.example', BURNBOX_URL: 'https://burn.example', BURNBOX_RELAY: 'local' })
    await using secure = createWeb({ host, auth: createAuth(host) })
    const response = await secure.app.request('https://burn.example/auth/sign-in/email', {
      method: 'POST', body: JSON.stringify({ email: ada.email, password: ada.password }),
      headers: { 'content-type': 'application/json', origin: 'https://burn.example' },
    })
    expect(response.status).toBe(200)
    const cookies = response.headers.getSetCookie().sort()
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['__Host-burnbox.device', '__Host-burnbox.session_token'])
    for (const [index, days] of [400, 30].entries()) {
      expect(cookies[index]!.split('; ').slice(1).sort()).toEqual(['HttpOnly', `Max-Age=${days * 86_400}`, 'Path=/', 'SameSite=Lax', 'Secure'])
    }
    expect(response.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/)
    const local = await secure.app.request('https://burn.example/auth/sign-in/email', {
      method: 'POST', body: JSON.stringify({ email: ada.email, password: ada.password }),
      headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' },
    })
    expect(local.status).toBe(403)
  })

  test('L08 the eleventh try within a minute is refused, whatever X-Forwarded-For says', async () => {
    await db.deleteFrom('rateLimit').execute()
    const own = await startWeb(db)
    const ada = await own.person('ada')
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) {
      const { status } = await own.call('POST', '/auth/sign-in/email', {
        json: { email: ada.email, password: 'wrong password' }, headers: { 'x-forwarded-for': `198.51.100.${n}`, 'x-burnbox-client': `198.51.100.${n}` },
      })
      statuses.push(status)
    }
    expect(statuses.slice(-2)).toEqual([429, 429])
  })
})
