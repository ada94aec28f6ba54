// The ingress with a hand on its clock and its certificate: what would take minutes in the real program.
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { sql } from 'kysely'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { createAccount } from '../../../src/flow/create-account.ts'
import { createAlias } from '../../../src/flow/create-alias.ts'
import type { Host } from '../../../src/flow/host.ts'
import { parseMailbox } from '../../../src/mail/address.ts'
import { readCertificate, watchCertificate, type CertificateFiles } from '../../../src/smtp/certificate.ts'
import { openIngress, type Ingress } from '../../../src/smtp/server.ts'
import { createDatabase } from '../../support/database.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { connectClient, greet, letter, send } from '../../support/smtp-client.ts'
import { until } from '../../support/until.ts'
import { createTestHost } from '../../support/web-host.ts'

const { db } = await createDatabase()
const data = mkdtempSync(join(tmpdir(), 'burnbox-ingress-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))
const base = createTestHost(db, { BURNBOX_DOMAIN: 'burn.example', BURNBOX_DATA: data, BURNBOX_SMTP: '127.0.0.1:0' })

const { id: accountId } = await createAccount(base, { email: parseMailbox('owner@home.example')!, role: 'operator', inboxes: [] })
const burned = async (localPart: string) => {
  const alias = await createAlias(base, { accountId, site: null, label: null, note: null, displayName: null, pinned: false, localPart })
  return burnAlias(base, { accountId, uuid: alias.uuid })
}
const [first, second] = [await burned('first-1'), await burned('second-1')]

const files: CertificateFiles = { cert: join(data, 'cert.pem'), key: join(data, 'key.pem') }
const makeCertificate = async (name: string): Promise<void> => {
  const made = await generate([{ name: 'commonName', value: name }], { keySize: 2048 })
  writeFileSync(files.cert, made.cert)
  writeFileSync(files.key, made.private)
}
await makeCertificate('first.example')

const open = async (host: Partial<Host> = {}, options: { readonly idleMs?: number } = {}): Promise<Ingress> => {
  const ingress = await openIngress({ ...base, ...host }, readCertificate(files), options)
  onTestFinished(() => ingress.close(1))
  return ingress
}

const sockets = (): number => process.getActiveResourcesInfo().filter((one) => one === 'TCPSocketWrap').length

test('A42 a client that stops reading is closed by the idle time, and its socket is freed', async () => {
  const { port } = await open({}, { idleMs: 300 })
  await using client = await greet(port)
  client.pause()
  const socket = client.socket()
  // Until neither side takes any more: the replies that nobody reads hold up the commands.
  while (socket.write('NOOP\r\n'.repeat(10_000)) || socket.bytesWritten < 1_000_000) await new Promise((resolve) => setImmediate(resolve))
  const both = sockets()
  await until(() => sockets() < both, 'the ingress to let go of its end')
})

test('A42 an idle client hears why: 421', async () => {
  const { port } = await open({}, { idleMs: 200 })
  await using client = await greet(port)
  expect(await client.closed()).toBe('421 4.4.2 Timeout - closing connection\r\n')
})

test('a RCPT that was answered 451 for lateness is no recipient, even when its answer comes after all', async () => {
  const clock = createFakeClock(new Date())
  const blocked = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  const routes: Host['routes'] = {
    ...base.routes,
    byAddress: async (address) => {
      const fact = await base.routes.byAddress(address)
      if (address.startsWith('first-1@')) {
        asked.resolve()
        await blocked.promise
      }
      return fact
    },
  }
  const { port } = await open({ clock, routes })
  await using client = await greet(port)
  await client.say('MAIL FROM:<shop@shop.example>')
  await client.write(`RCPT TO:<${first.address}>\r\n`)
  await asked.promise
  await clock.advance(25_000)
  expect(await client.reply()).toBe('451 4.3.0 Try again later')
  blocked.resolve()
  expect(await client.say(`RCPT TO:<${second.address}>`)).toMatch(/^250 /)
  expect(await client.say('DATA')).toMatch(/^354 /)
  await client.write(`${letter('for the second')}.\r\n`)
  expect(await client.reply()).toMatch(/^250 /)
  expect(await db.selectFrom('held').select('alias_id').execute()).toEqual([{ alias_id: second.id }])
})

test('the database away at each step: 421 4.3.2 and 451 4.3.0, without a word of why', async () => {
  const away = async (): Promise<never> => {
    await sql`select connect_ECONNREFUSED_10_0_0_5`.execute(db)
    throw new Error('not reached')
  }
  const { port: connecting } = await open({ pingStore: away })
  await using turned = await connectClient(connecting)
  expect(await turned.closed()).toBe('421 4.3.2 Service not available, try again later\r\n')

  const { port: asking } = await open({ routes: { byAddress: away, byId: away } })
  await using client = await greet(asking)
  await client.say('MAIL FROM:<shop@shop.example>')
  expect(await client.say(`RCPT TO:<${first.address}>`)).toBe('451 4.3.0 Try again later')

  const byAddress: Host['routes']['byAddress'] = async (address) => {
    const fact = await base.routes.byAddress(address)
    if (fact.kind !== 'alias') return fact
    return { ...fact, alias: Object.defineProperty({ ...fact.alias }, 'address', { get: () => { throw new Error('10.0.0.5 owner@home.example') } }) }
  }
  const { port: storing } = await open({ routes: { ...base.routes, byAddress } })
  await using sender = await greet(storing)
  expect(await send(sender, { to: first.address, content: letter('lost?') })).toBe('451 4.3.0 Try again later')
  expect(await sender.say('NOOP')).toMatch(/^250 /)
})

test('a message too large for the disk: 452 4.3.1, and nothing is stored', async () => {
  const { port } = await open()
  await using client = await greet(port)
  await client.say('NOOP')
  rmSync(join(data, 'spool'), { recursive: true })
  const large = letter('large', `${'x'.repeat(998)}\r\n`.repeat(400))
  expect(await send(client, { to: first.address, content: large })).toBe('452 4.3.1 Not enough room, try again later')
  expect(await send(client, { to: first.address, content: letter('small') })).toMatch(/^250 /)
})

test('F09 a disk without room for a message and a half: 452 4.3.1 before DATA', async () => {
  const { port } = await open({ config: { ...base.config, maxMessageBytes: 2 ** 52 } })
  await using client = await greet(port)
  expect(await client.say('MAIL FROM:<shop@shop.example>')).toBe('452 4.3.1 Not enough room, try again later')
})

test('F12 spool files that an earlier process left are removed at start', async () => {
  await open()
  await writeFile(join(data, 'spool', 'left.spool'), 'half a message')
  await writeFile(join(data, 'spool', 'empty.spool'), '')
  await open()
  expect(await readdir(join(data, 'spool'))).toEqual([])
})

test('the certificate is read again when its files change, whole pairs only; a conversation under way is left alone', async () => {
  const clock = createFakeClock(new Date())
  const ingress = await open()
  onTestFinished(watchCertificate(files, ingress.useCertificate, clock, base.log))
  const shown = async (): Promise<unknown> => {
    await using client = await greet(ingress.port)
    await client.say('STARTTLS')
    return (await client.tls()).getPeerCertificate().subject.CN
  }
  await using before = await greet(ingress.port)
  await before.say('STARTTLS')
  await before.tls()
  expect(await shown()).toBe('first.example')

  writeFileSync(files.cert, 'half a certif')
  utimesSync(files.cert, 1, 1)
  await clock.advance(10_000)
  expect(await shown()).toBe('first.example')

  await makeCertificate('second.example')
  expect(await shown()).toBe('first.example')
  await clock.advance(10_000)
  expect(await shown()).toBe('second.example')
  expect(await before.say('EHLO mail.shop.example')).toMatch(/^250/)
})

test('shutting down: an idle client is told, one in its data gets its answer first', async () => {
  const ingress = await openIngress(base, readCertificate(files))
  await using idle = await greet(ingress.port)
  await using busy = await greet(ingress.port)
  for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${second.address}>`, 'DATA']) await busy.say(line)
  const closed = ingress.close(5_000)
  expect(await idle.closed()).toBe('421 4.3.2 Service is stopping, try again later\r\n')
  await busy.write(`${letter('in time')}.\r\n`)
  expect(await busy.reply()).toMatch(/^250 /)
  expect(await busy.closed()).toBe('421 4.3.2 Service is stopping, try again later\r\n')
  await closed
  const late = await connectClient(ingress.port).catch((error: NodeJS.ErrnoException) => error.code)
  expect(late).toBe('ECONNREFUSED')
})
