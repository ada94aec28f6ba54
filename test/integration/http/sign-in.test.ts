// Ways in and out of an account: password, reset by mail, passkeys, codes from an app, sessions, devices, limits. RELIABILITY L04–L08, L23.
import { beforeEach, describe, expect, test } from 'vitest'
import { createAccount } from '../../../src/flow/create-account.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { createAuthenticator } from '../../support/authenticator.ts'
import { createDatabase } from '../../support/database.ts'
import { forgetOwnMails, ownMails, tokenOfLink } from '../../support/own-mail.ts'
import { totpOf } from '../../support/totp.ts'
import { until } from '../../support/until.ts'
import { startWeb, type Answer, type Person } from '../../support/web-host.ts'

const { db } = await createDatabase()
const web = await startWeb(db)
const origin = web.origin.replace('127.0.0.1', 'localhost')
let number = 0
const somebody = (): Promise<Person> => web.person(`person${++number}`)

/** A browser: keeps its cookies, says where it is. */
const browser = (userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0') => {
  const cookies = new Map<string, string>()
  return {
    cookies,
    call: async (method: string, path: string, json?: unknown): Promise<Answer> => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await web.call(method, path, {
        ...(json !== undefined && { json }), headers: { origin, 'user-agent': userAgent, ...(cookie !== '' && { cookie }) },
      })
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (/max-age=0/i.test(line)) cookies.delete(name)
        else cookies.set(name, value)
      }
      return answer
    },
  }
}
/** The mails, once there is one. */
const arrived = async () => {
  const mails = await ownMails(db)
  return mails.length > 0 ? mails : undefined
}
type Browser = ReturnType<typeof browser>
const signIn = (tab: Browser, person: Pick<Person, 'email' | 'password'>) =>
  tab.call('POST', '/auth/sign-in/email', { email: person.email, password: person.password })
const status = async (tab: Browser): Promise<number> => (await tab.call('GET', '/v1/me')).status
const sessionCookie = (tab: Browser): string | undefined => tab.cookies.get('burnbox.session_token')

beforeEach(async () => {
  await forgetOwnMails(db)
  await db.deleteFrom('tries').execute()
  await db.deleteFrom('rateLimit').execute()
})

describe('password', () => {
  test.each([['short', 'too short', 400], ['without end', 'x'.repeat(129), 400]])('a new one that is %s is refused', async (_name, newPassword, code) => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    expect((await tab.call('POST', '/auth/change-password', { currentPassword: person.password, newPassword })).status).toBe(code)
  })

  test('L04 L05 changed: a new session id here, every other session is out at once, and the mailbox is told', async () => {
    const [person, here, there] = [await somebody(), browser(), browser()]
    await signIn(here, person)
    await signIn(there, person)
    await forgetOwnMails(db)
    const before = sessionCookie(here)
    const changed = await here.call('POST', '/auth/change-password', {
      currentPassword: person.password, newPassword: 'quite another one', revokeOtherSessions: false,
    })
    expect(changed.status).toBe(200)
    expect(sessionCookie(here)).not.toBe(before)
    expect([await status(here), await status(there)]).toEqual([200, 401])
    expect((await web.call('GET', '/v1/me', { headers: { cookie: `burnbox.session_token=${before}` } })).status).toBe(401)
    expect((await ownMails(db)).map((mail) => [mail.to, mail.subject])).toEqual([[person.email, 'Your Burnbox password was changed']])
  })

  test('letters that look alike are alike, however the keyboard composes them', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    await tab.call('POST', '/auth/change-password', { currentPassword: person.password, newPassword: 'Gr\u00fc\u00dfe aus K\u00f6ln' })
    expect((await signIn(browser(), { ...person, password: 'Gru\u0308\u00dfe aus Ko\u0308ln' })).status).toBe(200)
  })

  test('not without the one before', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    expect((await tab.call('POST', '/auth/change-password', { currentPassword: 'not my password', newPassword: 'quite another one' })).status).toBe(400)
  })
})

describe('reset by mail', () => {
  const ask = (email: string) => web.call('POST', '/v1/password/reset', { json: { email } })
  const asked = async (person: Person): Promise<string> => {
    await forgetOwnMails(db)
    expect((await ask(person.email.toUpperCase())).status).toBe(202)
    const mails = await until(arrived, 'the mail')
    return tokenOfLink(mails[0]!.link)
  }
  const use = (token: string, newPassword = 'a password after it') => web.call('POST', '/auth/reset-password', { json: { token, newPassword } })

  test('L05 L16 a link to an inbox, of the configured URL; works once; ends every session; only a hash is kept', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const token = await asked(person)
    const [mail] = await ownMails(db)
    expect(mail).toMatchObject({ to: person.email, subject: 'Choose a new password for Burnbox', link: `${web.host.config.url.origin}/reset#${token}` })
    expect(JSON.stringify(await db.selectFrom('verification').selectAll().execute())).not.toContain(token)
    expect((await use(token)).status).toBe(200)
    expect(await status(tab)).toBe(401)
    expect((await signIn(browser(), person)).status).toBe(401)
    expect((await signIn(browser(), { ...person, password: 'a password after it' })).status).toBe(200)
    expect((await use(token, 'yet another one')).status).toBe(400)
  })

  test('it lapses after an hour', async () => {
    const token = await asked(await somebody())
    await db.updateTable('verification').set({ expiresAt: new Date(Date.now() - 1_000) }).execute()
    expect((await use(token)).status).toBe(400)
  })

  test('L07 an unknown address gets the same answer and no mail', async () => {
    const person = await somebody()
    const [known, unknown] = [await ask(person.email), await ask('nobody@home.example')]
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
    await until(async () => (await ownMails(db)).length === 1, 'one mail')
    expect((await ownMails(db))[0]!.to).toBe(person.email)
  })

  test('at most three mails an hour for an account, ten for a client', async () => {
    const person = await somebody()
    for (let n = 0; n < 5; n++) await ask(person.email)
    await until(async () => (await db.selectFrom('tries').select('count').where('count', '=', 5).execute()).length === 2, 'five tries')
    await until(async () => (await ownMails(db)).length === 3, 'three mails')
    for (let n = 0; n < 5; n++) await ask(`x${n}@home.example`)
    expect((await ask('x@home.example')).status).toBe(429)
  })

  test('never to an address that nobody has verified', async () => {
    const person = await somebody()
    await db.updateTable('inboxes').set({ verified_at: null }).where('account_id', '=', person.id).execute()
    const other = await somebody()
    await ask(person.email)
    await ask(other.email)
    await until(async () => (await ownMails(db)).some((mail) => mail.to === other.email), 'the mail to the other')
    expect((await ownMails(db)).map((mail) => mail.to)).toEqual([other.email])
  })

  test.each(['POST /auth/request-password-reset', 'GET /auth/reset-password/x', 'GET /auth/list-sessions', 'POST /auth/revoke-session',
    'POST /auth/set-password', 'GET /auth/verify-email?token=x', 'POST /auth/sign-in/social', 'POST /auth/two-factor/send-otp', 'GET /auth/api-key/list',
    'GET /auth/passkey/generate-register-options?context=x', 'GET /auth/error', 'GET /auth/ok', 'GET /auth/account-info',
    'GET /auth/get-session'])('%s is not there', async (route) => {
    const [method, path] = route.split(' ') as [string, string]
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    expect((await tab.call(method, path, method === 'POST' ? {} : undefined)).status).toBe(404)
  })
})

describe('passkeys', () => {
  const add = async (tab: Browser) => {
    const key = createAuthenticator(origin)
    const { body } = await tab.call('GET', '/auth/passkey/generate-register-options')
    const answer = await tab.call('POST', '/auth/passkey/verify-registration', { response: key.register(body), name: 'Phone' })
    return { key, answer }
  }
  const enter = async (tab: Browser, key: ReturnType<typeof createAuthenticator>) => {
    const { body } = await tab.call('GET', '/auth/passkey/generate-authenticate-options')
    return tab.call('POST', '/auth/passkey/verify-authentication', { response: key.signIn(body) })
  }

  test('added beside a password, used to sign in, listed and removed', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const { key, answer } = await add(tab)
    expect(answer.status).toBe(200)
    const other = browser()
    expect((await enter(other, key)).status).toBe(200)
    expect((await other.call('GET', '/v1/me')).body.email).toBe(person.email)
    const { body } = await other.call('GET', '/v1/security')
    expect(body).toMatchObject({ email: person.email, has_password: true, two_factor: false, passkeys: [{ name: 'Phone' }] })
    expect((await other.call('POST', '/auth/passkey/delete-passkey', { id: body.passkeys[0].id })).status).toBe(200)
    expect((await enter(browser(), key)).status).toBe(401)
  })

  test('as the only factor: a one-time link makes an account that has no password', async () => {
    const { link } = await createAccount(web.host, { email: 'keyonly@home.example' as Mailbox, role: 'member', inboxes: [] })
    const [tab, key] = [browser(), createAuthenticator(origin)]
    const options = await tab.call('POST', '/v1/setup/passkey', { token: tokenOfLink(link) })
    expect(options.body).toMatchObject({ rp: { id: 'localhost' }, user: { name: 'keyonly@home.example' }, authenticatorSelection: { residentKey: 'required' } })
    const answer = await tab.call('POST', '/v1/setup/passkey/verify', { response: key.register(options.body), name: 'Laptop' })
    expect(answer).toMatchObject({ status: 201, body: { email: 'keyonly@home.example', role: 'member' } })
    expect((await tab.call('GET', '/v1/security')).body).toMatchObject({ has_password: false, passkeys: [{ name: 'Laptop' }] })
    expect((await tab.call('POST', '/v1/setup/passkey', { token: tokenOfLink(link) })).status).toBe(410)
    const again = browser()
    expect((await enter(again, key)).status).toBe(200)
    const { body } = await again.call('GET', '/v1/security')
    const removed = await again.call('POST', '/auth/passkey/delete-passkey', { id: body.passkeys[0].id })
    expect(removed).toMatchObject({ status: 409, body: { code: 'LAST_WAY_IN' } })
  })

  test('a link for one account registers no passkey for who is signed in beside it', async () => {
    const person = await somebody()
    const { id, link } = await createAccount(web.host, { email: 'beside@home.example' as Mailbox, role: 'member', inboxes: [] })
    const [tab, key] = [browser(), createAuthenticator(origin)]
    await signIn(tab, person)
    const options = await tab.call('POST', '/v1/setup/passkey', { token: tokenOfLink(link) })
    expect((await tab.call('POST', '/v1/setup/passkey/verify', { response: key.register(options.body) })).body.id).toBe(id)
    expect(await db.selectFrom('passkey').select('userId').where('userId', 'in', [id, person.id]).execute()).toEqual([{ userId: id }])
  })

  test('refused: another origin, another site’s answer, the same answer twice, no session and no link', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const { body } = await tab.call('GET', '/auth/passkey/generate-register-options')
    const foreign = createAuthenticator('https://evil.example')
    expect((await tab.call('POST', '/auth/passkey/verify-registration', { response: foreign.register(body) })).status).toBeGreaterThanOrEqual(400)
    const { key } = await add(tab)
    const options = (await tab.call('GET', '/auth/passkey/generate-authenticate-options')).body
    const answer = key.signIn(options)
    expect((await tab.call('POST', '/auth/passkey/verify-authentication', { response: answer })).status).toBe(200)
    expect((await tab.call('POST', '/auth/passkey/verify-authentication', { response: answer })).status).toBe(400)
    expect((await browser().call('GET', '/auth/passkey/generate-register-options')).status).toBeGreaterThanOrEqual(400)
    expect(await db.selectFrom('passkey').select('id').where('userId', '=', person.id).execute()).toHaveLength(1)
  })

  test('a name is one short line', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const { body } = await tab.call('GET', '/auth/passkey/generate-register-options')
    const response = createAuthenticator(origin).register(body)
    for (const name of ['x'.repeat(61), 'two\nlines', 5]) {
      expect((await tab.call('POST', '/auth/passkey/verify-registration', { response, name })).status).toBe(400)
    }
    expect((await tab.call('POST', '/auth/passkey/verify-registration', { response, name: 'Ada’s phone' })).status).toBe(200)
  })

  test('a session that is older than a day adds and removes none', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    await db.updateTable('session').set({ createdAt: new Date(Date.now() - 90_000_000) }).where('userId', '=', person.id).execute()
    expect(await tab.call('GET', '/auth/passkey/generate-register-options')).toMatchObject({ status: 403, body: { code: 'SESSION_NOT_FRESH' } })
  })
})

describe('codes from an app', () => {
  const enable = async (tab: Browser, person: Person): Promise<{ uri: string; backupCodes: readonly string[] }> => {
    const { body } = await tab.call('POST', '/auth/two-factor/enable', { password: person.password })
    expect((await tab.call('POST', '/auth/two-factor/verify-totp', { code: totpOf(body.totpURI) })).status).toBe(200)
    return { uri: body.totpURI, backupCodes: body.backupCodes }
  }

  test('L04 asked for after the password; a recovery code does it too, once; switched off with the password', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const before = sessionCookie(tab)
    const { uri, backupCodes } = await enable(tab, person)
    expect(sessionCookie(tab)).not.toBe(before)
    expect((await web.call('GET', '/v1/me', { headers: { cookie: `burnbox.session_token=${before}` } })).status).toBe(401)
    expect((await tab.call('GET', '/v1/security')).body.two_factor).toBe(true)

    const other = browser()
    expect((await signIn(other, person)).body).toMatchObject({ twoFactorRedirect: true })
    expect(await status(other)).toBe(401)
    expect((await other.call('POST', '/auth/two-factor/verify-totp', { code: '000000' })).status).toBe(401)
    expect((await other.call('POST', '/auth/two-factor/verify-totp', { code: totpOf(uri) })).status).toBe(200)
    expect(await status(other)).toBe(200)

    const third = browser()
    await signIn(third, person)
    expect((await third.call('POST', '/auth/two-factor/verify-backup-code', { code: backupCodes[0] })).status).toBe(200)
    const fourth = browser()
    await signIn(fourth, person)
    expect((await fourth.call('POST', '/auth/two-factor/verify-backup-code', { code: backupCodes[0] })).status).toBe(401)

    expect((await third.call('POST', '/auth/two-factor/disable', { password: 'not my password' })).status).toBe(400)
    expect((await third.call('POST', '/auth/two-factor/disable', { password: person.password })).status).toBe(200)
    expect((await signIn(browser(), person)).body).not.toHaveProperty('twoFactorRedirect')
  })

  test('a password reset by mail does not switch them off; the operator’s link does', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    await enable(tab, person)
    await forgetOwnMails(db)
    await web.call('POST', '/v1/password/reset', { json: { email: person.email } })
    const mails = await until(arrived, 'the mail')
    await web.call('POST', '/auth/reset-password', { json: { token: tokenOfLink(mails[0]!.link), newPassword: 'a password after it' } })
    expect((await signIn(browser(), { ...person, password: 'a password after it' })).body).toMatchObject({ twoFactorRedirect: true })
  })

  test('neither secret nor recovery codes are readable in the database', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const { uri, backupCodes } = await enable(tab, person)
    const rows = JSON.stringify(await db.selectFrom('twoFactor').selectAll().execute())
    for (const secret of [new URL(uri).searchParams.get('secret')!, ...backupCodes]) expect(rows).not.toContain(secret)
  })
})

describe('sessions', () => {
  test('L05 listed without their secrets, ended one by one or all others at once', async () => {
    const [person, here] = [await somebody(), browser()]
    const phone = browser('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1')
    const third = browser('curl/8')
    for (const tab of [here, phone, third]) await signIn(tab, person)
    const { body, text } = await here.call('GET', '/v1/sessions')
    expect(body.items).toHaveLength(3)
    expect(body.items[0]).toMatchObject({ current: true, device: 'Firefox on Linux', address: '127.0.0.1' })
    const names = body.items.map((one: { device: string }) => one.device)
    expect(names).toEqual(expect.arrayContaining(['Safari on iPhone', 'An unknown program']))
    for (const tab of [here, phone, third]) expect(text).not.toContain(decodeURIComponent(sessionCookie(tab)!).split('.')[0])

    const ofPhone = body.items.find((one: { device: string }) => one.device === 'Safari on iPhone').id
    const other = browser()
    await signIn(other, await somebody())
    expect((await other.call('DELETE', `/v1/sessions/${ofPhone}`)).status).toBe(404)
    expect((await here.call('DELETE', `/v1/sessions/${ofPhone}`)).status).toBe(204)
    expect([await status(here), await status(phone), await status(third)]).toEqual([200, 401, 200])
    expect((await here.call('DELETE', '/v1/sessions')).status).toBe(204)
    expect([await status(here), await status(third), await status(other)]).toEqual([200, 401, 200])
  })

  test.each(['GET /v1/security', 'GET /v1/sessions', 'DELETE /v1/sessions', 'DELETE /v1/sessions/x', 'POST /v1/me/email'])(
    'L10 %s is not for tokens, whatever their scopes', async (route) => {
      const [method, path] = route.split(' ') as [string, string]
      const person = await somebody()
      expect(await web.call(method, path, { token: person.token, ...(method === 'POST' && { json: { inbox_id: 'x' } }) }))
        .toMatchObject({ status: 403, body: { code: 'forbidden' } })
    })
})

describe('a new device', () => {
  test('is told by mail; the first one and a known one are not', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    expect(await ownMails(db)).toEqual([])
    await tab.call('POST', '/auth/sign-out', {})
    await signIn(tab, person)
    expect(await ownMails(db)).toEqual([])
    await signIn(browser('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'), person)
    const [mail, ...others] = await ownMails(db)
    expect(others).toEqual([])
    expect(mail).toMatchObject({ to: person.email, subject: 'A new device signed in to Burnbox' })
    expect(mail!.text).toMatch(/Chrome on Windows[^]*127\.0\.0\.1[^]*UTC/)
    expect(mail!.html).toContain('color-scheme')
  })

  test('a session of a day that is renewed is no new device', async () => {
    const [person, tab, old] = [await somebody(), browser(), browser()]
    await signIn(tab, person)
    await signIn(old, person)
    await forgetOwnMails(db)
    old.cookies.delete('burnbox.device')
    const twoDays = 2 * 86_400_000
    await db.updateTable('session').set({ expiresAt: new Date(Date.now() + 30 * 86_400_000 - twoDays) }).where('userId', '=', person.id).execute()
    expect(await status(old)).toBe(200)
    const { expiresAt } = await db.selectFrom('session').select('expiresAt').where('userId', '=', person.id)
      .orderBy('expiresAt', 'desc').executeTakeFirstOrThrow()
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now() + 30 * 86_400_000 - 60_000)
    expect(await ownMails(db)).toEqual([])
  })

  test('not before the second factor is given', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const { body } = await tab.call('POST', '/auth/two-factor/enable', { password: person.password })
    await tab.call('POST', '/auth/two-factor/verify-totp', { code: totpOf(body.totpURI) })
    const other = browser()
    await signIn(other, person)
    expect(await ownMails(db)).toEqual([])
    await other.call('POST', '/auth/two-factor/verify-totp', { code: totpOf(body.totpURI) })
    expect((await ownMails(db)).map((mail) => mail.subject)).toEqual(['A new device signed in to Burnbox'])
  })
})

describe('the address to sign in with', () => {
  const inbox = async (person: Person, verified: boolean): Promise<string> => (await db.insertInto('inboxes').values({
    account_id: person.id, address: `other-${person.email}`, verified_at: verified ? new Date() : null, created_at: new Date(),
  }).returning('uuid').executeTakeFirstOrThrow()).uuid

  test('L23 becomes a verified inbox, with the password once more; the address before is told', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const id = await inbox(person, true)
    expect((await tab.call('POST', '/v1/me/email', { inbox_id: id })).status).toBe(403)
    expect((await tab.call('POST', '/v1/me/email', { inbox_id: id, password: 'not my password' })).status).toBe(403)
    expect((await tab.call('POST', '/v1/me/email', { inbox_id: id, password: person.password })).body).toEqual({ email: `other-${person.email}` })
    expect((await ownMails(db)).map((mail) => [mail.to, mail.subject])).toEqual([[person.email, 'Your Burnbox sign-in address was changed']])
    expect((await signIn(browser(), person)).status).toBe(401)
    expect((await signIn(browser(), { ...person, email: `other-${person.email}` })).status).toBe(200)
  })

  test('not an inbox that is not verified, of somebody else, or that another account signs in with', async () => {
    const [person, other, tab] = [await somebody(), await somebody(), browser()]
    await signIn(tab, person)
    const change = (id: string) => tab.call('POST', '/v1/me/email', { inbox_id: id, password: person.password })
    expect((await change(await inbox(person, false))).status).toBe(422)
    expect((await change(await inbox(other, true))).status).toBe(422)
    const taken = (await db.insertInto('inboxes').values({
      account_id: person.id, address: other.email, verified_at: new Date(), created_at: new Date(),
    }).returning('uuid').executeTakeFirstOrThrow()).uuid
    expect(await change(taken)).toMatchObject({ status: 409, body: { code: 'account-exists' } })
  })

  test('an inbox is verified by the six digits of its mail too; after five wrong ones only the link works', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const add = async (address: string): Promise<{ id: string; code: string; token: string }> => {
      await forgetOwnMails(db)
      const { body } = await tab.call('POST', '/v1/inboxes', { address })
      const [mail] = await ownMails(db)
      return { id: body.id, code: /^\d{6}$/m.exec(mail!.text)![0], token: tokenOfLink(mail!.link) }
    }
    const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')
    const one = await add(`code-${person.email}`)
    expect(JSON.stringify(await db.selectFrom('one_time_links').selectAll().execute())).not.toContain(one.code)
    expect((await tab.call('POST', `/v1/inboxes/${one.id}/code`, { code: '12345' })).body).toMatchObject({ detail: 'The code has 6 digits. This one has 5.' })
    expect((await tab.call('POST', `/v1/inboxes/${one.id}/code`, { code: wrong(one.code) })).status).toBe(422)
    const spaced = `${one.code.slice(0, 3)} ${one.code.slice(3)}`
    expect((await tab.call('POST', `/v1/inboxes/${one.id}/code`, { code: spaced })).body).toMatchObject({ id: one.id, verified: true })

    const two = await add(`five-${person.email}`)
    for (let n = 0; n < 5; n++) await tab.call('POST', `/v1/inboxes/${two.id}/code`, { code: wrong(two.code) })
    expect((await tab.call('POST', `/v1/inboxes/${two.id}/code`, { code: two.code })).status).toBe(422)
    expect((await tab.call('POST', '/v1/inboxes/verify', { token: two.token })).status).toBe(200)
  })

  test('L23 a new inbox is told to the others', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    await tab.call('POST', '/v1/inboxes', { address: `new-${person.email}` })
    const token = tokenOfLink((await ownMails(db))[0]!.link)
    await tab.call('POST', '/v1/inboxes/verify', { token })
    expect((await ownMails(db)).at(-1)).toMatchObject({ to: person.email, subject: 'Your Burnbox account has another inbox' })
  })
})

describe('limits', () => {
  test('L08 ten wrong passwords for an account, from wherever they come; a device that it knows still gets in', async () => {
    const [person, known] = [await somebody(), browser()]
    await signIn(known, person)
    await known.call('POST', '/auth/sign-out', {})
    const other = await startWeb(db, { env: { BURNBOX_TRUSTED_PROXIES: '127.0.0.1' } })
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) {
      statuses.push((await other.call('POST', '/auth/sign-in/email', {
        json: { email: n % 2 ? person.email.toUpperCase() : person.email, password: 'wrong password' }, headers: { 'x-forwarded-for': `198.51.100.${n}` },
      })).status)
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
    expect((await signIn(browser(), person)).status).toBe(429)
    expect((await signIn(known, person)).status).toBe(200)
  })

  test('L07 an account that is not there is limited alike', async () => {
    const own = await startWeb(db, { env: { BURNBOX_TRUSTED_PROXIES: '127.0.0.1' } })
    const answers: Answer[] = []
    for (let n = 0; n < 11; n++) {
      answers.push(await own.call('POST', '/auth/sign-in/email', {
        json: { email: 'nobody@home.example', password: 'wrong password' }, headers: { 'x-forwarded-for': `198.51.100.${n}` },
      }))
    }
    expect(answers.at(-1)!.status).toBe(429)
  })

  test('L08 by client address over two processes, an IPv6 client by its /64', async () => {
    const env = { BURNBOX_TRUSTED_PROXIES: '127.0.0.1' }
    const [one, two] = [await startWeb(db, { env }), await startWeb(db, { env })]
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) {
      statuses.push((await (n % 2 ? one : two).call('POST', '/auth/sign-in/email', {
        json: { email: `x${n}@home.example`, password: 'wrong password' }, headers: { 'x-forwarded-for': `2001:db8:1:2::${n + 1}` },
      })).status)
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
  })

  test('L08 fifty tries at once are counted one by one', async () => {
    const person = await somebody()
    const own = await startWeb(db, { env: { BURNBOX_TRUSTED_PROXIES: '127.0.0.1' } })
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => own.call('POST', '/auth/sign-in/email', {
      json: { email: person.email, password: 'wrong password' }, headers: { 'x-forwarded-for': `203.0.113.${n}` },
    })))
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(10)
  })

  test('codes from an app: ten tries a minute for an address', async () => {
    const [person, tab] = [await somebody(), browser()]
    await signIn(tab, person)
    const { body } = await tab.call('POST', '/auth/two-factor/enable', { password: person.password })
    await tab.call('POST', '/auth/two-factor/verify-totp', { code: totpOf(body.totpURI) })
    const other = browser()
    await signIn(other, person)
    const statuses = new Set<number>()
    for (let n = 0; n < 12; n++) statuses.add((await other.call('POST', '/auth/two-factor/verify-totp', { code: '000000' })).status)
    expect(statuses).toContain(429)
  })
})

test('L07 a wrong password, an unknown address and an account without a password are answered alike', async () => {
  const person = await somebody()
  await createAccount(web.host, { email: 'nopassword@home.example' as Mailbox, role: 'member', inboxes: [] })
  const answers = await Promise.all([person.email, 'nobody@home.example', 'nopassword@home.example'].map((email) =>
    web.call('POST', '/auth/sign-in/email', { json: { email, password: 'wrong password' } })))
  expect(new Set(answers.map(({ status: code, text }) => `${code} ${text}`)).size).toBe(1)
  expect(answers[0]!.status).toBe(401)
})

test.each(['//evil.example', '/\\evil.example', 'https:evil.example', 'javascript:alert(1)', 'https://evil.example/'])(
  'L06 sign-in sends nobody to %s', async (callbackURL) => {
    const person = await somebody()
    const answer = await web.call('POST', '/auth/sign-in/email', { json: { email: person.email, password: person.password, callbackURL } })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('location')).toBeNull()
  })

test('no answer tells the session’s token to a script', async () => {
  const [person, tab] = [await somebody(), browser()]
  const answers = [await signIn(tab, person)]
  answers.push(await tab.call('POST', '/auth/change-password', { currentPassword: person.password, newPassword: 'quite another one' }))
  const key = createAuthenticator(origin)
  const { body } = await tab.call('GET', '/auth/passkey/generate-register-options')
  await tab.call('POST', '/auth/passkey/verify-registration', { response: key.register(body) })
  const options = await tab.call('GET', '/auth/passkey/generate-authenticate-options')
  answers.push(await tab.call('POST', '/auth/passkey/verify-authentication', { response: key.signIn(options.body) }))
  const tokens = (await db.selectFrom('session').select('token').where('userId', '=', person.id).execute()).map((row) => row.token)
  for (const answer of answers) {
    expect(answer.status).toBe(200)
    expect(JSON.stringify(answer.body)).not.toMatch(new RegExp(`"token"|${tokens.join('|')}`))
  }
})

test('L04 a planted session cookie is not the one that sign-in gives', async () => {
  const [person, tab] = [await somebody(), browser()]
  tab.cookies.set('burnbox.session_token', 'planted.value')
  await signIn(tab, person)
  expect(sessionCookie(tab)).not.toBe('planted.value')
  expect((await web.call('GET', '/v1/me', { headers: { cookie: 'burnbox.session_token=planted.value' } })).status).toBe(401)
})
