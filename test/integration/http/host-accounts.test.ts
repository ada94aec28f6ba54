// The operator's view: accounts, invitations, queue, host. Counts and sizes, and nothing that tells what somebody's mail is about.
import { beforeEach, describe, expect, test } from 'vitest'
import { deleteLeftAccounts } from '../../../src/flow/suspend-account.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { createAuthenticator } from '../../support/authenticator.ts'
import { createDatabase } from '../../support/database.ts'
import { holdMessage } from '../../support/held-message.ts'
import { forgetOwnMails, ownMails, tokenOfLink } from '../../support/own-mail.ts'
import { until } from '../../support/until.ts'
import { createTestHost, startWeb } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const operator = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')
const { body: alias } = await web.call('POST', '/v1/aliases', {
  token: bob.token, json: { site: 'secret-shop.example', label: 'Secret label', note: 'Secret note' },
})
await holdMessage(db, alias.id, 'From: secret-sender@shop.example\nSubject: Secret subject\n\nbody\n', { subject: 'Secret subject' })

const as = (token: string) => ({
  get: (path: string) => web.call('GET', path, { token }),
  post: (path: string, json?: unknown) => web.call('POST', path, { token, ...(json !== undefined && { json }) }),
  patch: (path: string, json: unknown) => web.call('PATCH', path, { token, json }),
  remove: (path: string) => web.call('DELETE', path, { token }),
})
const ada = as(operator.token)
const daysLater = (days: number) => ({ ...web.host.clock, now: () => new Date(Date.now() + days * 86_400_000) })

beforeEach(async () => {
  await forgetOwnMails(db)
  await db.deleteFrom('tries').execute()
})

test.each(['GET /v1/host', 'PATCH /v1/host', 'GET /v1/host/accounts', 'PATCH /v1/host/accounts/x', 'POST /v1/host/accounts/x/suspend',
  'POST /v1/host/accounts/x/restore', 'DELETE /v1/host/accounts/x', 'GET /v1/host/invitations', 'POST /v1/host/invitations',
  'DELETE /v1/host/invitations/x', 'GET /v1/host/queue', 'POST /v1/host/queue/retry',
  'POST /v1/host/queue/1/retry'])('%s is not for members', async (route) => {
  const [method, path] = route.split(' ') as [string, string]
  const json = method === 'GET' ? {} : { json: {} }
  expect(await web.call(method, path, { token: bob.token, ...json })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})

describe('accounts', () => {
  test('M18 counts and sizes, never names of addresses, senders or content; no way into somebody’s mail', async () => {
    const { body, text } = await ada.get('/v1/host/accounts')
    expect(body.items).toMatchObject([
      { email: operator.email, role: 'operator', state: 'active', aliases: 2, holding: 0, delete_at: null },
      { id: bob.id, email: bob.email, role: 'member', state: 'active', aliases: 1, inboxes: 1, holding: 1, holding_bytes: expect.any(Number),
        domains: 0, limits: { held_bytes: 200_000_000, aliases: null, domains: 5, replies_hourly: 100 } },
    ])
    const others = await Promise.all(['/v1/host', '/v1/host/queue', '/v1/host/invitations', '/metrics'].map((path) => ada.get(path)))
    expect(others.map((answer) => answer.status)).toEqual([200, 200, 200, 200])
    const everything = text + others.map((answer) => answer.text).join('')
    for (const secret of [alias.address, 'secret', 'Secret', 'shop']) expect(everything).not.toContain(secret)
    const held = (await web.call('GET', '/v1/held', { token: bob.token })).body.items[0].id
    for (const path of [`/v1/held/${held}`, `/v1/held/${held}/raw`, `/v1/held/${held}/view`, `/v1/aliases/${alias.id}`]) {
      expect((await ada.get(path)).status).toBe(404)
    }
    expect((await ada.get(`/v1/activity?alias_id=${alias.id}`)).body.items).toEqual([])
    const { body: description } = await ada.get('/v1/openapi.json')
    expect(Object.keys(description.paths).filter((path) => /impersonat|login-as|switch/.test(path))).toEqual([])
  })

  test('suspended: it reads and nothing else, its mail is held, sessions and tokens stay; restored, all is as before', async () => {
    const member = as(bob.token)
    expect((await ada.post(`/v1/host/accounts/${bob.id}/suspend`)).body).toMatchObject({ id: bob.id, state: 'suspended' })
    expect((await member.get('/v1/me')).body.suspended).toBe(true)
    expect((await member.get(`/v1/aliases/${alias.id}`)).status).toBe(200)
    expect(await member.post('/v1/aliases', { site: 'x.example' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await member.post(`/v1/aliases/${alias.id}/burn`)).status).toBe(403)
    const { id } = await db.selectFrom('aliases').select('id').where('uuid', '=', alias.id).executeTakeFirstOrThrow()
    expect(await web.host.routes.byId(id)).toMatchObject({ suspended: true })
    expect((await ada.post(`/v1/host/accounts/${bob.id}/restore`)).body).toMatchObject({ state: 'active' })
    expect((await member.post('/v1/aliases', { site: 'x.example' })).status).toBe(201)
  })

  test('deleted after 30 days of grace, which a restore ends; its addresses are never given out again', async () => {
    const carl = await web.person('carl')
    const { body: his } = await web.call('POST', '/v1/aliases', { token: carl.token, json: { local_part: 'carls' } })
    await holdMessage(db, his.id, 'Subject: x\n\nx\n')
    const left = (await ada.remove(`/v1/host/accounts/${carl.id}`)).body
    expect(left.state).toBe('leaving')
    expect(Math.round((Date.parse(left.delete_at) - Date.now()) / 86_400_000)).toBe(30)
    expect((await ada.post(`/v1/host/accounts/${carl.id}/restore`)).body).toMatchObject({ state: 'active', delete_at: null })
    await deleteLeftAccounts({ ...web.host, clock: daysLater(31) })
    expect((await as(carl.token).get('/v1/me')).status).toBe(200)

    await ada.remove(`/v1/host/accounts/${carl.id}`)
    await deleteLeftAccounts({ ...web.host, clock: daysLater(29) })
    expect((await as(carl.token).get('/v1/me')).status).toBe(200)
    await deleteLeftAccounts({ ...web.host, clock: daysLater(31) })
    expect((await as(carl.token).get('/v1/me')).status).toBe(401)
    for (const table of ['inboxes', 'aliases', 'held', 'account_settings'] as const) {
      expect(await db.selectFrom(table).selectAll().where('account_id', '=', carl.id).execute()).toEqual([])
    }
    expect(await db.selectFrom('apikey').selectAll().where('referenceId', '=', carl.id).execute()).toEqual([])
    expect((await as(bob.token).post('/v1/aliases', { local_part: 'carls' })).body).toMatchObject({ code: 'alias-taken' })
    expect((await as(bob.token).get('/v1/me')).status).toBe(200)
  })

  test('the last operator can neither be suspended nor deleted', async () => {
    for (const answer of [await ada.post(`/v1/host/accounts/${operator.id}/suspend`), await ada.remove(`/v1/host/accounts/${operator.id}`)]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'protected' } })
    }
    expect((await ada.post('/v1/host/accounts/nobody/suspend')).status).toBe(404)
    expect((await ada.post('/v1/host/accounts/%00/suspend')).status).toBe(404)
  })

  test('L20 a limit of addresses holds for fifty at once', async () => {
    const dora = await web.person('dora')
    expect((await ada.patch(`/v1/host/accounts/${dora.id}`, { aliases: 5, held_bytes: 1_000 })).body.limits).toMatchObject({ held_bytes: 1_000, aliases: 5 })
    const answers = await Promise.all(Array.from({ length: 50 }, () => as(dora.token).post('/v1/aliases', { site: 'x.example' })))
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(5)
    expect(answers.find((answer) => answer.status !== 201)).toMatchObject({ status: 409, body: { code: 'limit-reached' } })
    expect((await as(dora.token).get('/v1/me')).body.limits).toMatchObject({ held_bytes: 1_000, aliases: 5 })
    await ada.patch(`/v1/host/accounts/${dora.id}`, { aliases: null })
    expect((await as(dora.token).post('/v1/aliases', { site: 'x.example' })).status).toBe(201)
  })
})

test('the operator says how many replies leave in an hour and how many domains of its own an account has; what is not named stays', async () => {
  const erin = await web.person('erin')
  const change = (json: object) => ada.patch(`/v1/host/accounts/${erin.id}`, json)
  expect((await change({ replies_hourly: 12, domains: 1 })).body).toMatchObject({ domains: 0, limits: { domains: 1, replies_hourly: 12, aliases: null } })
  expect((await change({})).body.limits).toMatchObject({ domains: 1, replies_hourly: 12 })
  expect((await as(erin.token).post('/v1/domains', { name: 'erin.example' })).status).toBe(201)
  expect((await as(erin.token).post('/v1/domains', { name: 'other.example' })).body.code).toBe('limit-reached')
  expect((await change({ domains: null })).body).toMatchObject({ domains: 1, limits: { domains: null, replies_hourly: 12 } })
  expect((await as(erin.token).get('/v1/me')).body.limits).toMatchObject({ domains: null, replies_hourly: 12 })
  for (const wrong of [{ replies_hourly: null }, { replies_hourly: -1 }, { replies_hourly: 1.5 }]) expect((await change(wrong)).status).toBe(422)
})

describe('invitations', () => {
  const password = 'long enough now'
  const cookieOf = (headers: Headers): string => headers.getSetCookie().map((one) => one.split(';')[0]).join('; ')

  test('a link for one account, with what it may have; its inbox is verified before it gets anything', async () => {
    const { status, body } = await ada.post('/v1/host/invitations', { held_bytes: 5_000_000, aliases: 3 })
    expect({ status, url: body.url }).toEqual({ status: 201, url: expect.stringMatching(new RegExp(`^${web.host.config.url.origin}/setup#[\\w-]{32}$`)) })
    expect(Math.round((Date.parse(body.expires_at) - Date.now()) / 86_400_000)).toBe(7)
    expect(await ownMails(db)).toEqual([])
    const token = tokenOfLink(body.url)
    expect(JSON.stringify(await db.selectFrom('invitations').selectAll().execute())).not.toContain(token)
    expect((await web.call('POST', '/v1/setup/link', { json: { token } })).body).toEqual({ purpose: 'invitation', email: null })
    const made = await web.call('POST', '/v1/setup', { json: { token, email: 'Eve@Home.Example', password } })
    expect(made).toMatchObject({ status: 201, body: { email: 'eve@home.example', role: 'member' } })
    const headers = { cookie: cookieOf(made.headers), origin: web.origin }
    expect((await web.call('GET', '/v1/me', { headers })).body).toMatchObject({ limits: { held_bytes: 5_000_000, aliases: 3 }, default_inbox_id: null })
    expect((await web.call('GET', '/v1/inboxes', { headers })).body.items).toMatchObject([{ address: 'eve@home.example', verified: false }])
    const [mail] = await ownMails(db)
    expect(mail).toMatchObject({ to: 'eve@home.example', subject: 'Confirm this inbox for Burnbox' })
    await web.call('POST', '/v1/inboxes/verify', { json: { token: tokenOfLink(mail!.link) } })
    expect((await web.call('GET', '/v1/me', { headers })).body.default_inbox_id).toEqual(expect.any(String))
    expect((await web.call('POST', '/v1/setup', { json: { token, email: 'two@home.example', password } })).status).toBe(410)
    expect((await ada.get('/v1/host/invitations')).body.items).toMatchObject([{ account: 'eve@home.example', used_at: expect.any(String) }])
  })

  test('mailed to an address: that address is the account’s, and it is known to be theirs', async () => {
    const { body } = await ada.post('/v1/host/invitations', { email: 'Fay@Home.Example' })
    const [mail] = await ownMails(db)
    expect(mail).toMatchObject({ to: 'fay@home.example', subject: 'Your invitation to burn.localhost', link: body.url })
    const [tab, key] = [{ cookie: '' }, createAuthenticator(web.origin.replace('127.0.0.1', 'localhost'))]
    const origin = web.origin.replace('127.0.0.1', 'localhost')
    const token = tokenOfLink(body.url)
    const options = await web.call('POST', '/v1/setup/passkey', { json: { token, email: 'somebody-else@home.example' }, headers: { origin } })
    tab.cookie = cookieOf(options.headers)
    const made = await web.call('POST', '/v1/setup/passkey/verify', { json: { response: key.register(options.body) }, headers: { origin, cookie: tab.cookie } })
    expect(made).toMatchObject({ status: 201, body: { email: 'fay@home.example' } })
    expect((await web.call('GET', '/v1/inboxes', { headers: { cookie: cookieOf(made.headers) } })).body.items)
      .toMatchObject([{ address: 'fay@home.example', verified: true }])
  })

  test('lapsed after 7 days, withdrawn, used by two at once: one account at most', async () => {
    const links = await Promise.all([1, 2, 3].map(async () => (await ada.post('/v1/host/invitations', {})).body))
    const use = (n: number, email: string) => web.call('POST', '/v1/setup', { json: { token: tokenOfLink(links[n].url), email, password } })
    await db.updateTable('invitations').set({ expires_at: new Date(Date.now() - 1_000) }).where('id', '=', links[0].id).execute()
    expect((await use(0, 'gus@home.example')).status).toBe(410)
    expect((await ada.remove(`/v1/host/invitations/${links[1].id}`)).status).toBe(204)
    expect((await ada.remove(`/v1/host/invitations/${links[1].id}`)).status).toBe(404)
    expect((await use(1, 'gus@home.example')).status).toBe(410)
    const statuses = (await Promise.all(['gus@home.example', 'hal@home.example'].map((email) => use(2, email)))).map((answer) => answer.status)
    expect(statuses.sort()).toEqual([201, 410])
  })

  test('an address that has an account, or is on this host, makes none, and the link still works', async () => {
    const { body } = await ada.post('/v1/host/invitations', {})
    const use = (email: string) => web.call('POST', '/v1/setup', { json: { token: tokenOfLink(body.url), email, password } })
    expect(await use(bob.email)).toMatchObject({ status: 409, body: { code: 'account-exists' } })
    expect((await use('x@burn.localhost')).status).toBe(422)
    expect((await use('ida@home.example')).status).toBe(201)
    for (const email of ['x@burn.localhost', 'not an address', 'a@b\r\nBcc: c@d.example']) {
      expect((await ada.post('/v1/host/invitations', { email })).status).toBe(422)
    }
  })

  test('sign-up without one is off until the operator opens it; then the answer is the same for every address', async () => {
    const ask = (email: string) => web.call('POST', '/v1/sign-up', { json: { email } })
    expect((await web.call('GET', '/v1/session')).body.sign_up).toBe('invitation')
    expect(await ask('joe@home.example')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await ada.patch('/v1/host', { sign_up: 'open' })).body.sign_up).toBe('open')
    const [fresh, known] = [await ask('joe@home.example'), await ask(bob.email)]
    expect([fresh.status, fresh.text]).toEqual([known.status, known.text])
    await until(async () => (await ownMails(db)).length === 2, 'both mails')
    const mails = await ownMails(db)
    expect(mails.find((mail) => mail.to === bob.email)!.subject).toBe('You have a Burnbox account')
    const link = mails.find((mail) => mail.to === 'joe@home.example')!.link
    expect((await web.call('POST', '/v1/setup', { json: { token: tokenOfLink(link), password } })).body.email).toBe('joe@home.example')
    await ada.patch('/v1/host', { sign_up: 'invitation' })
    expect((await ask('kim@home.example')).status).toBe(403)
  })
})

describe('the host', () => {
  test('version, disk, sizes', async () => {
    const { body } = await ada.get('/v1/host')
    expect(body).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/), domain: 'burn.localhost', queue: { queued: expect.any(Number), awaiting_reply: 0 },
      mail_bytes: expect.any(Number), database_bytes: expect.any(Number), accounts: expect.any(Number),
    })
    const real = createTestHost(db, { BURNBOX_DATA: '/tmp' })
    expect(real.config.data).toBe('/tmp')
    expect(Date.parse(body.up_since)).toBeLessThan(Date.now())
  })

  test('the queue: age, next try and the other server’s reply, without addresses; retried one by one and all', async () => {
    const { body: released } = await web.call('GET', '/v1/held', { token: bob.token })
    await web.call('POST', `/v1/held/${released.items[0].id}/release`, { token: bob.token })
    const at = new Date(Date.now() + 3_600_000)
    await db.updateTable('deliveries').set({
      next_attempt_at: at, attempts: 7, last_reply: `452 4.2.2 <bob@home.example>: bob is full (${alias.address})`,
    }).where('kind', '=', 'forward').execute()
    const [line] = (await ada.get('/v1/host/queue')).body.items.filter((one: { kind: string }) => one.kind === 'forward')
    expect(line).toMatchObject({
      domain: 'home.example', attempts: 7, state: 'queued', next_try_at: at.toISOString(),
      last_reply: '452 4.2.2 <…@home.example>: … is full (…@burn.localhost)',
    })
    const next = async () => (await db.selectFrom('deliveries').select('next_attempt_at').where('kind', '=', 'forward')
      .executeTakeFirstOrThrow()).next_attempt_at
    expect((await ada.post(`/v1/host/queue/${line.id}/retry`)).body).toEqual({ retried: 1 })
    expect((await next()).getTime()).toBeLessThanOrEqual(Date.now())
    await db.updateTable('deliveries').set({ next_attempt_at: at }).execute()
    expect((await ada.post('/v1/host/queue/retry')).body.retried).toBeGreaterThan(0)
    expect((await next()).getTime()).toBeLessThanOrEqual(Date.now())
    expect((await ada.post('/v1/host/queue/999/retry')).body).toEqual({ retried: 0 })
    for (const id of ['x', '9999999999999999999', '-1', "1'--"]) expect((await ada.post(`/v1/host/queue/${id}/retry`)).status).toBe(404)
  })
})

test('mail that Burnbox sends is text and HTML, plain, without colours of its own', async () => {
  await ada.post('/v1/host/invitations', { email: '"a b"@home.example' })
  const email = 'Lea@Home.Example' as Mailbox
  await ada.post('/v1/host/invitations', { email })
  for (const mail of await ownMails(db)) {
    expect(mail.text.length).toBeLessThan(1_000)
    expect(mail.html).toMatch(/<meta name="color-scheme" content="light dark">/)
    expect(mail.html).not.toMatch(/color:|background|<img|<script|src=/)
  }
})
