// What is not the API: health, metrics, the web UI's files, the socket.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ReadableStream } from 'node:stream/web'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { CannotListen, listen } from '../../../src/http/listen.ts'
import { openDatabase } from '../../../src/store/database.ts'
import { createDatabase } from '../../support/database.ts'
import { startWeb } from '../../support/web-host.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'burnbox-web-'))
mkdirSync(path.join(folder, 'assets'))
writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Burnbox</title>')
writeFileSync(path.join(folder, 'assets', 'app-1a2b3c.js'), `console.log(1)\n`.repeat(500))
writeFileSync(path.join(folder, '..', path.basename(folder) + '.secret'), 'outside')

const { db, url } = await createDatabase()
const web = await startWeb(db, { webFolder: folder })
const ada = await web.person('ada', { role: 'operator' })
const bob = await web.person('bob')

test('/healthz is about this process, /readyz about the database too', async () => {
  expect(await web.call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  expect(await web.call('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } })
  const { host } = web
  const { db: working } = host
  Object.assign(host, { db: new Proxy({}, { get: () => { throw new Error('away') } }) })
  try {
    expect((await web.call('GET', '/healthz')).status).toBe(200)
    expect(await web.call('GET', '/readyz')).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  } finally {
    Object.assign(host, { db: working })
  }
})

test('I05 a read-only database: /readyz is red, /healthz is not', async () => {
  const { host } = web
  const { db: working } = host
  const readOnly = openDatabase(url, { max: 1 })
  await sql`set default_transaction_read_only = on`.execute(readOnly)
  Object.assign(host, { db: readOnly })
  try {
    expect((await web.call('GET', '/healthz')).status).toBe(200)
    expect(await web.call('GET', '/readyz')).toMatchObject({ status: 503, body: { code: 'unavailable', detail: 'The database is read-only.' } })
  } finally {
    Object.assign(host, { db: working })
    await readOnly.destroy()
  }
})

test('/metrics: loopback without a proxy, or the operator’s token', async () => {
  const { status, text, headers } = await web.call('GET', '/metrics')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch(/^text\/plain/)
  expect(text).toMatch(/^burnbox_queue_deliveries 0$/m)
  for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-anything']) {
    expect((await web.call('GET', '/metrics', { headers: { [name]: '127.0.0.1' } })).status).toBe(401)
    expect((await web.call('GET', '/metrics', { headers: { [name]: '127.0.0.1' }, token: ada.token })).status).toBe(200)
  }
  expect((await web.call('GET', '/metrics', { token: bob.token })).status).toBe(403)
  expect((await web.call('GET', '/metrics', { token: await web.token(ada, ['create']) })).status).toBe(403)
  expect((await web.call('GET', '/metrics', { token: 'x' })).status).toBe(401)
})

test('the app is served on its pages, packed, under a policy without unsafe-inline', async () => {
  for (const page of ['/', '/addresses', '/setup', '/holding/00000000-0000-4000-8000-000000000000']) {
    const { status, headers, text } = await web.call('GET', page)
    expect({ status, text }).toEqual({ status: 200, text: '<!doctype html><title>Burnbox</title>' })
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self'; style-src 'self'.*frame-ancestors 'none'/)
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe/)
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  }
  const asset = await web.call('GET', '/assets/app-1a2b3c.js', { headers: { 'accept-encoding': 'gzip, br' } })
  expect(asset.text).toHaveLength(15 * 500)
  expect(Object.fromEntries(asset.headers)).toMatchObject({
    'content-encoding': 'br', 'cache-control': 'public, max-age=31536000, immutable', 'content-type': 'text/javascript; charset=utf-8',
    vary: 'accept-encoding',
  })
  expect((await web.call('GET', '/assets/app-1a2b3c.js', { headers: { 'accept-encoding': 'identity' } })).headers.get('content-encoding')).toBeNull()
})

test.each([
  '/assets/none.js', '/none.html', '/..%2f' + path.basename(folder) + '.secret',
  '/assets/..%2f..%2f' + path.basename(folder) + '.secret', '/%2e%2e%5c', '/.env',
])('L18 %s is 404 and reads nothing', async (name) => {
  const { status, text } = await web.call('GET', name)
  expect(status).toBe(404)
  expect(text).not.toContain('outside')
})

test('the documentation asks nobody for anything', async () => {
  const { status, text, headers } = await web.call('GET', '/v1/docs')
  expect(status).toBe(200)
  expect(text).toContain('/v1/aliases/{id}/burn')
  expect(text).not.toMatch(/(?:src|href)="(?!#|\/v1\/)/)
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline'/)
  const { body } = await web.call('GET', '/v1/openapi.json')
  expect(body).toMatchObject({ openapi: '3.1.0', components: { schemas: { Alias: { type: 'object' } } } })
})

test('a port in use is told in one line', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const refused = await listen({ host: '127.0.0.1', port }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(CannotListen)
  expect((refused as Error).message).toMatch(new RegExp(`^HTTP: 127\\.0\\.0\\.1:${port} is in use[^\\n]*$`))
  await new Promise((resolve) => taken.close(resolve))
})

test('between binding and serving the answer is 503', async () => {
  const listener = await listen({ host: '127.0.0.1', port: 0 })
  expect((await fetch(`http://127.0.0.1:${listener.port}/`)).status).toBe(503)
  listener.serve({ fetch: () => new Response('now') })
  expect(await (await fetch(`http://127.0.0.1:${listener.port}/`)).text()).toBe('now')
  await listener.close()
})

test('L22 a body without a length is measured all the same: 413', async () => {
  const stream = ReadableStream.from(Array.from({ length: 20 }, () => new Uint8Array(8_192).fill(32)))
  const response = await fetch(`${web.origin}/v1/aliases`, {
    method: 'POST', body: stream, duplex: 'half', headers: { 'content-type': 'application/json', authorization: `Bearer ${ada.token}` },
  } as RequestInit)
  expect(response.status).toBe(413)
})
