// How programs get their key: by password, by password and code, from the page that is open; in the dialect of whoever asks.
import { SimpleLoginClient } from 'simplelogin-client'
import { describe, expect, test } from 'vitest'
import { domain, startCompat } from '../support/compat-program.ts'
import { totpOf } from '../support/totp.ts'

const program = await startCompat()
const { call, own, ada, bob, elsewhere } = program
const key = /^[A-Za-z0-9]{48}$/
const login = (json: object, headers: Record<string, string> = {}) => call('POST', '/api/auth/login', { json, headers: { ...elsewhere(), ...headers } })
const mfa = (json: object, headers: Record<string, string> = {}) => call('POST', '/api/auth/mfa', { json, headers: { ...elsewhere(), ...headers } })
const me = async (token: string) => (await call('GET', '/v1/me', { headers: { authorization: `Bearer ${token}` } })).body.email
const sessions = async () => (await own(ada, 'GET', '/v1/sessions')).body.items.length

describe('by password', () => {
  test('SimpleLogin: a key for everything, no cookie, and no session is left behind', async () => {
    const before = await sessions()
    const answer = await login({ email: ' Ada@Home.Example ', password: ada.password, device: 'Chrome (Linux x86_64)' })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ name: 'ada', email: ada.email, mfa_enabled: false, mfa_key: null, api_key: expect.stringMatching(key) })
    expect(answer.headers['set-cookie']).toBeUndefined()
    expect(await me(answer.body.api_key)).toBe(ada.email)
    expect(await sessions()).toBe(before)
    expect((await own(ada, 'GET', '/v1/tokens')).body.items[0]).toMatchObject({ name: 'Chrome (Linux x86_64)', scopes: ['create', 'read', 'manage'] })
  })

  const appHeaders = [['Android', 'Bearer null'], ['iOS', 'Bearer ']] as const
  test.each(appHeaders)('addy.io on %s, with the header that it sends anyway: a key with an end', async (name, authorization) => {
    const answer = await login({ username: ada.email, password: ada.password, device_name: `addy.io for ${name}`, expiration: 'week' }, { authorization })
    const { api_key: token, created_at: from, expires_at: to } = answer.body
    expect(answer).toMatchObject({ status: 200, body: { api_key: expect.stringMatching(key), name: `addy.io for ${name}` } })
    for (const date of [from, to]) expect(date).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    expect(Math.abs(Date.parse(to) - Date.parse(from) - 7 * 86_400_000)).toBeLessThan(60_000)
    expect(await me(token)).toBe(ada.email)
  })

  test('addy.io without an end', async () => {
    const answer = await login({ username: ada.email, password: ada.password, device_name: 'x', expiration: null })
    expect(answer).toMatchObject({ status: 200, body: { expires_at: null } })
  })

  test('a wrong password, and an account that is not there, are told alike', async () => {
    const [wrong, nobody] = [ada.email, 'nobody@home.example'].map((email) => login({ email, password: 'wrong', device: 'x' }))
    expect(await wrong).toMatchObject({ status: 400, body: { error: 'Email or password incorrect' } })
    expect((await nobody)!.body).toEqual((await wrong)!.body)
    const [ofAddy, nobodyThere] = [ada.email, 'nobody'].map((username) => login({ username, password: 'wrong', device_name: 'x' }))
    expect(await ofAddy).toMatchObject({ status: 401, body: { message: 'The provided credentials are incorrect.' } })
    expect((await nobodyThere)!.body).toEqual((await ofAddy)!.body)
  })

  test.each([
    ['SimpleLogin', { email: 5, password: 'x' }, 400, ['error']], ['SimpleLogin without password', { email: 'x@y.example' }, 400, ['error']],
    ['addy.io', { username: 5, password: 'x' }, 422, ['message', 'errors']],
    ['addy.io, odd end', { username: 'x', password: 'x', expiration: 'soon' }, 422, ['message', 'errors']],
    ['nobody’s', {}, 422, ['error', 'message']],
  ])('a body that is not one, %s: told in its words', async (_name, json, status, fields) => {
    const answer = await login(json)
    expect([answer.status, Object.keys(answer.body)]).toEqual([status, fields])
    expect(answer.headers['access-control-allow-origin']).toBe('*')
  })

  test('L08 tries are counted as on the page: by account, and by client', async () => {
    const wrong = () => login({ email: 'guessed@home.example', password: 'wrong', device: 'x' })
    const answers = [] as number[]
    for (let tries = 0; tries < 11; tries++) answers.push((await wrong()).status)
    expect(answers).toEqual([...Array.from({ length: 10 }, () => 400), 429])
    expect(await login({ username: 'guessed@home.example', password: 'wrong' })).toMatchObject({ status: 429, body: { message: expect.any(String) } })
    const from = { 'x-forwarded-for': '198.51.100.7' }
    const ofOne = [] as number[]
    for (let tries = 0; tries < 11; tries++) ofOne.push((await login({ email: `guess${tries}@home.example`, password: 'x' }, from)).status)
    expect(ofOne.at(-1)).toBe(429)
  })
})

describe('from the page that is open', () => {
  const ask = (headers: Record<string, string>) =>
    call('POST', '/api/api_key', { body: JSON.stringify({ device: 'Chrome' }), headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers } })
  const allowed = { 'x-sl-allowcookies': 'true' }
  const extension = 'chrome-extension://dphilobhebphkdjbpfohgikllaljmgbn'

  test('an extension that says it means the cookie gets a key', async () => {
    for (const headers of [{ origin: extension }, {}, { origin: program.url }]) {
      const { status, body } = await ask({ ...allowed, cookie: ada.cookie, ...headers })
      expect([status, await me(body.api_key)]).toEqual([201, ada.email])
    }
  })

  test.each([
    ['without the header', { cookie: ada.cookie, origin: extension }], ['without a cookie', allowed],
    ['with a wrong cookie', { ...allowed, cookie: 'burnbox.session_token=x' }],
    ['from a page of another site', { ...allowed, cookie: ada.cookie, origin: 'https://evil.example' }],
    ['from a page without an origin', { ...allowed, cookie: ada.cookie, origin: 'null' }],
    ['with a wrong key beside the cookie', { ...allowed, cookie: ada.cookie, authentication: 'x'.repeat(48) }],
  ])('%s: 401', async (_name, headers) => {
    expect(await ask(headers)).toMatchObject({ status: 401, body: { error: expect.any(String) } })
  })

  test('a key with an end makes none without', async () => {
    const end = new Date(Date.now() + 3_600_000).toISOString()
    const { body: { token } } = await own(ada, 'POST', '/v1/tokens', { name: 'short', scopes: ['manage'], expires_at: end })
    expect((await ask({ authentication: token })).status).toBe(201)
    expect((await own(ada, 'GET', '/v1/tokens')).body.items[0].expires_at).not.toBeNull()
  })
})

test('addy.io: sign-out revokes the key that asks; an account is not deleted by one', async () => {
  const { body: { api_key: token } } = await login({ username: ada.email, password: ada.password, device_name: 'x' })
  const bearer = { authorization: `Bearer ${token}` }
  expect(await call('POST', '/api/auth/delete-account', { headers: bearer, json: { password: ada.password } }))
    .toMatchObject({ status: 403, body: { message: expect.stringContaining(program.url) } })
  expect(await call('POST', '/api/auth/logout', { headers: bearer })).toMatchObject({ status: 204, text: '' })
  expect(await call('POST', '/api/auth/logout', { headers: bearer })).toMatchObject({ status: 401, body: { message: 'Unauthenticated.' } })
  expect((await call('POST', '/api/auth/logout', { headers: { cookie: ada.cookie } })).status).toBe(401)
})

test('a suspended account gets no key', async () => {
  const { body: { items } } = await own(ada, 'GET', '/v1/host/accounts')
  const { id } = items.find(({ email }: { email: string }) => email === bob.email)
  await own(ada, 'POST', `/v1/host/accounts/${id}/suspend`, {})
  try {
    expect(await login({ email: bob.email, password: bob.password })).toMatchObject({ status: 403, body: { error: expect.stringContaining('suspended') } })
    expect(await call('POST', '/api/alias/random/new', { headers: { authentication: bob.create } })).toMatchObject({ status: 403 })
    expect(await call('POST', '/api/v1/aliases', { headers: { authorization: `Bearer ${bob.create}` }, json: { domain } })).toMatchObject({ status: 422 })
    expect((await call('GET', '/api/user_info', { headers: { authentication: bob.read } })).status).toBe(200)
  } finally {
    await own(ada, 'POST', `/v1/host/accounts/${id}/restore`, {})
  }
})

describe('npm’s simplelogin-client', () => {
  const client = new SimpleLoginClient({ apiKey: ada.manage, url: program.url })

  test('signs in, and does with its key what it has calls for', async () => {
    const anonymous = new SimpleLoginClient({ url: program.url })
    const { apiKey } = await anonymous.account.login({ authLoginPost: { email: ada.email, password: ada.password, device: 'a script' } })
    const { account, alias, mailbox, settings } = new SimpleLoginClient({ apiKey: apiKey!, url: program.url })
    expect(await account.getUserInfo()).toMatchObject({ email: ada.email, isPremium: true })
    expect((await account.createApiKey({ apiKeyPost: { device: 'another' } })).apiKey).toMatch(key)
    const options = await alias.getAliasOptions({ hostname: 'client.example' })
    const custom = await alias.createCustomAlias({
      hostname: 'client.example',
      aliasCustomNewPost: {
        aliasPrefix: options.prefixSuggestion!, signedSuffix: options.suffixes![0]!.signedSuffix!,
        mailboxIds: [(await mailbox.getMailboxes()).mailboxes![0]!.id!],
      },
    })
    expect(custom.email).toBe(`client${options.suffixes![0]!.suffix}`)
    const random = await alias.createRandomAlias({ hostname: 'client.example', aliasRandomNewPost: { note: 'from a script' } })
    expect([random.note, random.creationDate!.getFullYear() >= 2026]).toEqual(['from a script', true])
    expect((await alias.toggleAlias({ aliasId: random.id! })).enabled).toBe(false)
    expect((await alias.toggleAlias({ aliasId: random.id! })).enabled).toBe(true)
    await alias.updateAlias({ aliasId: random.id!, aliasAliasIdPatch: { note: 'changed' } })
    expect((await alias.getAlias({ aliasId: random.id! })).note).toBe('changed')
    expect((await alias.getAliases({ pageId: 0 })).aliases!.slice(0, 2).map(({ id }) => id)).toEqual([random.id, custom.id])
    const contact = await alias.createContact({ aliasId: random.id!, aliasAliasIdContactsPost: { contact: 'them@shop.example' } })
    expect((await alias.getContacts({ aliasId: random.id!, pageId: 0 })).contacts).toMatchObject([{ id: contact.id, contact: 'them@shop.example' }])
    expect((await alias.toggleContactBlocking({ contactId: contact.id! })).blockForward).toBe(true)
    expect((await alias.deleteContact({ contactId: contact.id! })).deleted).toBe(true)
    expect((await alias.getActivities({ aliasId: random.id!, pageId: 0 })).activities).toEqual([])
    expect((await alias.deleteAlias({ aliasId: custom.id! })).deleted).toBe(true)
    expect(await settings.getUserSettings()).toMatchObject({ randomAliasDefaultDomain: domain })
    expect(await account.getStats()).toMatchObject({ nbAlias: expect.any(Number) })
  })

  test('a wrong key is its ResponseError with 401', async () => {
    const wrong = new SimpleLoginClient({ apiKey: 'x'.repeat(48), url: program.url })
    await expect(wrong.account.getUserInfo()).rejects.toMatchObject({ response: { status: 401 } })
    await expect(client.alias.getAlias({ aliasId: 999_999 })).rejects.toMatchObject({ response: { status: 404 } })
  })
})

// The last one: from here on the account has a code from an app.
test('password and code, in both dialects', async () => {
  const headers = { cookie: ada.cookie, origin: program.url }
  const { body: { totpURI } } = await call('POST', '/auth/two-factor/enable', { headers, json: { password: ada.password } })
  expect((await call('POST', '/auth/two-factor/verify-totp', { headers, json: { code: totpOf(totpURI) } })).status).toBe(200)
  const wrong = totpOf(totpURI) === '000000' ? '000001' : '000000'

  const first = await login({ email: ada.email, password: ada.password, device: 'Chrome' })
  expect(first).toMatchObject({ status: 200, body: { mfa_enabled: true, mfa_key: expect.any(String), api_key: null, name: '', email: '' } })
  expect(await mfa({ mfa_token: wrong, mfa_key: first.body.mfa_key, device: 'Chrome' })).toMatchObject({ status: 400, body: { error: 'Wrong TOTP Token' } })
  for (const bad of ['x', Buffer.from('burnbox.session_token=x; y=z').toString('base64url'), first.body.mfa_key.slice(0, -4)]) {
    expect(await mfa({ mfa_token: totpOf(totpURI), mfa_key: bad, device: 'Chrome' })).toMatchObject({ status: 400 })
  }
  const second = await mfa({ mfa_token: totpOf(totpURI), mfa_key: first.body.mfa_key, device: 'Chrome' })
  expect(second).toMatchObject({ status: 200, body: { email: ada.email, api_key: expect.stringMatching(key) } })
  expect(await me(second.body.api_key)).toBe(ada.email)

  const asked = await login({ username: ada.email, password: ada.password, device_name: 'addy.io for iOS' })
  const some = expect.stringMatching(/./)
  expect(asked).toMatchObject({ status: 422, body: { message: some, mfa_key: some, csrf_token: some } })
  expect(await mfa({ mfa_key: asked.body.mfa_key, otp: wrong, device_name: 'x' })).toMatchObject({ status: 401, body: { message: expect.any(String) } })
  const otp = { mfa_key: asked.body.mfa_key, otp: totpOf(totpURI), device_name: 'x', expiration: 'day' }
  const given = await mfa(otp, { 'x-csrf-token': asked.body.csrf_token })
  expect(given).toMatchObject({ status: 200, body: { api_key: expect.stringMatching(key), expires_at: expect.any(String) } })
  expect(await mfa({ otp: '123456', device_name: 'x' })).toMatchObject({ status: 422, body: { errors: { mfa_key: expect.any(Array) } } })
  expect(await mfa({ mfa_token: '123456', device: 'x' })).toMatchObject({ status: 400, body: { error: expect.any(String) } })
})
