// Requests that are made to hurt (RELIABILITY J14), and what the process tells of its own event loop (J10).
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../../src/http/listen.ts'
import { createDatabase } from '../../support/database.ts'
import { letter, openMailProcess } from '../../support/mail-process.ts'
import { openNextHop } from '../../support/next-hop.ts'
import { openSender } from '../../support/sender.ts'
import { startWeb } from '../../support/web-host.ts'

const { db, url } = await createDatabase()
const web = await startWeb(db)
const ada = await web.person('ada', { role: 'operator' })
const authorized = { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' }
const aliases = async () => (await db.selectFrom('aliases').select('id').execute()).length

/** Octets on a socket of their own, and what came back until the end. */
const raw = async (port: number, ...pieces: readonly string[]): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => { socket.destroy() })
  let heard = ''
  socket.on('data', (bytes: Buffer) => { heard += bytes.toString('latin1') })
  socket.on('error', () => {})
  for (const piece of pieces) socket.write(piece)
  await new Promise((resolve) => socket.once('close', resolve))
  return heard
}

test('J14 a header, or a body, that does not come: 408, closed', async () => {
  const listener = await listen({ host: '127.0.0.1', port: 0 }, { headersMs: 300, requestMs: 600, lookEveryMs: 50 })
  onTestFinished(() => listener.close())
  listener.serve({ fetch: async (request) => new Response(await request.text()) })
  const begun = 'POST / HTTP/1.1\r\nHost: x\r\n'
  expect(await raw(listener.port, begun, 'X-Slow: ')).toMatch(/^HTTP\/1\.1 408 /)
  expect(await raw(listener.port, begun, 'Content-Length: 100\r\n\r\n', 'half a body')).toMatch(/^HTTP\/1\.1 408 /)
})

test('J14 a header of 1 MB: 431, closed', async () => {
  const port = Number(new URL(web.origin).port)
  expect(await raw(port, `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(1_000_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
  expect((await web.call('GET', '/healthz')).status).toBe(200)
})

test('J14 JSON of 100,000 fields: 413, or closed before it is sent; as many as fit, and 10,000 levels: 422, and no alias', async () => {
  const before = await aliases()
  const fields = (count: number): string => `{${Array.from({ length: count }, (_, n) => `"f${n}":1`).join(',')}}`
  const post = (body: string) => web.call('POST', '/v1/aliases', { headers: authorized, body })
  const large = fields(100_000)
  const head = ['POST /v1/aliases HTTP/1.1', 'Host: x', `Authorization: Bearer ${ada.token}`, 'Content-Type: application/json',
    `Content-Length: ${large.length}`, 'Connection: close', '', ''].join('\r\n')
  // The answer does not wait for the rest of the body, so a client that only writes may not see it.
  expect(await raw(Number(new URL(web.origin).port), head, large)).toMatch(/^(HTTP\/1\.1 413 |$)/)
  expect((await post(`{"site":5,${fields(5_000).slice(1)}`)).status).toBe(422)
  for (const depth of [50, 10_000]) {
    expect((await post(`{"site":${'['.repeat(depth)}${']'.repeat(depth)}}`)).status).toBe(422)
    expect((await post(`{"site":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`)).status).toBe(422)
  }
  expect((await post(`{"site":${'['.repeat(30_000)}`)).status).toBe(400)
  expect(await aliases()).toBe(before)
})

test('J14 a body in gzip is not unpacked: it is no JSON', async () => {
  const before = await aliases()
  const packed = gzipSync(JSON.stringify({ site: 'shop.example', note: 'x'.repeat(50_000_000) }))
  expect(packed.length).toBeLessThan(64 * 1024)
  const answer = await fetch(`${web.origin}/v1/aliases`, { method: 'POST', headers: { ...authorized, 'content-encoding': 'gzip' }, body: packed })
  expect(answer.status).toBe(400)
  expect(await aliases()).toBe(before)
})

const stall = (milliseconds: number): void => {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
}

test('J10 the event loop stands still for half a second, again and again: /metrics shows it, and no conversation ends for it', async () => {
  const lag = async (): Promise<number> => Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec((await web.call('GET', '/metrics')).text)?.[1])
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: hop.url })
  const alias = await mail.alias(await mail.account('stalled'))
  const sender = await openSender(mail.port)
  onTestFinished(() => sender.close())
  await lag()      // it tells the worst since the last look
  for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${alias.address}>`, 'DATA']) {
    const reply = sender.say(line)
    stall(500)
    expect(await reply).toMatch(/^[23]/)
  }
  const reply = sender.dot(letter('through it all'))
  stall(500)
  expect(await reply).toMatch(/^250 /)
  expect(hop.accepted).toHaveLength(1)
  expect(await lag()).toBeGreaterThan(0.4)
})
