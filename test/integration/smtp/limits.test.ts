// The limits of the ingress, with a hand on its clock. Clients come through the PROXY protocol, so that each can have the address it likes.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { burnAlias } from '../../../src/flow/burn-alias.ts'
import { createAccount } from '../../../src/flow/create-account.ts'
import { createAlias } from '../../../src/flow/create-alias.ts'
import type { Host } from '../../../src/flow/host.ts'
import { certificateFiles, readCertificate } from '../../../src/smtp/certificate.ts'
import { openIngress } from '../../../src/smtp/server.ts'
import { createDatabase } from '../../support/database.ts'
import { mailbox } from '../../support/mail-host.ts'
import { connectClient, letter, send, type SmtpClient } from '../../support/smtp-client.ts'
import { createTestHost } from '../../support/web-host.ts'

const { db } = await createDatabase()
const data = mkdtempSync(join(tmpdir(), 'burnbox-limits-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))
const base = createTestHost(db, {
  BURNBOX_DOMAIN: 'burn.example', BURNBOX_DATA: data, BURNBOX_SMTP: '127.0.0.1:0', BURNBOX_PROXY_PROTOCOL: '127.0.0.1',
  BURNBOX_TRUSTED_CLIENTS: '203.0.113.0/24',
})
const certificate = readCertificate(await certificateFiles(base.config))
const { id: accountId } = await createAccount(base, { email: mailbox('owner@home.example'), role: 'operator', inboxes: [] })
// Burned, so that mail to them needs no next hop.
const addAlias = async (localPart: string): Promise<string> => {
  const alias = await createAlias(base, { accountId, site: null, label: null, note: null, displayName: null, pinned: false, localPart })
  return (await burnAlias(base, { accountId, uuid: alias.uuid })).address
}
const alias = await addAlias('shop-1')
const trusted = '203.0.113.7'

const open = async (host: Partial<Host> = {}): Promise<{ readonly port: number; readonly clock: FakeClock }> => {
  const clock = createFakeClock(new Date())
  const ingress = await openIngress({ ...base, clock, ...host }, certificate)
  onTestFinished(() => ingress.close(1))
  return { port: ingress.port, clock }
}

const from = async (port: number, address: string): Promise<SmtpClient> => {
  const client = await connectClient(port)
  onTestFinished(() => client[Symbol.asyncDispose]())
  await client.write(`PROXY TCP${address.includes(':') ? 6 : 4} ${address} ${address.includes(':') ? '2001:db8::25' : '192.0.2.25'} 4321 25\r\n`)
  return client
}

/** Undefined: greeted. */
const knock = async (port: number, address: string): Promise<string> => (await from(port, address)).reply()

const greeted = async (port: number, address = '192.0.2.7'): Promise<SmtpClient> => {
  const client = await from(port, address)
  await client.reply()
  await client.say('EHLO mail.shop.example')
  return client
}

const all = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, (_, n) => make(n)))
const codes = (replies: readonly string[]): Record<string, number> => {
  const found: Record<string, number> = {}
  for (const reply of replies) found[reply.slice(0, 3)] = (found[reply.slice(0, 3)] ?? 0) + 1
  return found
}

test('J04 30 connections of one IPv4 address, 10 of one /64, 30 of one /48; the trusted have as many as they like', async () => {
  const { port } = await open()
  expect(codes(await all(35, () => knock(port, '192.0.2.7')))).toEqual({ 220: 30, 421: 5 })
  expect(await knock(port, '192.0.2.7')).toBe('421 4.7.0 Too many connections from your network, try again later')
  expect(codes(await all(12, (n) => knock(port, `2001:db8:1::${n}`)))).toEqual({ 220: 10, 421: 2 })
  expect(codes(await all(35, (n) => knock(port, `2001:db8:2:${n.toString(16)}::1`)))).toEqual({ 220: 30, 421: 5 })
  expect(codes(await all(40, () => knock(port, trusted)))).toEqual({ 220: 40 })
  expect(await knock(port, '192.0.2.8')).toMatch(/^220 /)
})

test('J04 who leaves makes room', async () => {
  const { port } = await open()
  const clients = await all(30, () => greeted(port))
  expect(await knock(port, '192.0.2.7')).toMatch(/^421 /)
  for (const client of clients) expect(await client.say('QUIT')).toMatch(/^221 /)
  for (const client of clients) await client.closed()
  expect(await knock(port, '192.0.2.7')).toMatch(/^220 /)
})

test('J01 500 connections in all, the next hears 421 4.7.0; those of one address cannot fill the door', async () => {
  const { port } = await open()
  const idle = await all(300, () => from(port, '198.51.100.1'))
  const client = await greeted(port)
  expect(await send(client, { to: alias, content: letter('from a new address') })).toMatch(/^250 /)
  const others = await all(469, async (n) => from(port, `198.51.${101 + Math.floor(n / 200)}.${n % 200}`))
  expect(codes(await Promise.all(others.map((one) => one.reply())))).toEqual({ 220: 469 })
  expect(await knock(port, '192.0.2.99')).toBe('421 4.7.0 Too many connections, try again later')
  expect(idle).toHaveLength(300)
})

test('J02 one octet a minute does not keep the command timer from running: 421 4.4.2 after 300 s', async () => {
  const { port, clock } = await open()
  const client = await greeted(port)
  for (let minute = 0; minute < 4; minute++) {
    await client.write('N')
    await clock.advance(60_000)
  }
  expect(await client.say('OOP')).toMatch(/^500 /)      // NNNNOOP: a command begins the time anew
  await clock.advance(299_000)
  expect(await client.say('NOOP')).toMatch(/^250 /)
  await clock.advance(305_000)
  expect(await client.closed()).toBe('421 4.4.2 Timeout - closing connection\r\n')
})

test('J02 30 s for the next command when the house is nearly full', async () => {
  const { port, clock } = await open()
  const client = await greeted(port)
  await all(400, (n) => from(port, `198.51.${101 + Math.floor(n / 200)}.${n % 200}`))
  // Whoever was greeted is inside; the PROXY line of the last may still be on its way.
  await greeted(port, '192.0.2.9')
  await clock.advance(35_000)
  expect(await client.closed()).toBe('421 4.4.2 Timeout - closing connection\r\n')
})

test('B26 J02 a TLS handshake in which nothing comes ends after 30 s, and the next client is served', async () => {
  const { port, clock } = await open()
  const client = await greeted(port)
  expect(await client.say('STARTTLS')).toMatch(/^220 /)
  await clock.advance(25_000)
  expect(client.socket().readyState).toBe('open')
  await clock.advance(10_000)
  expect(await client.closed()).toBe('')
  expect(await (await greeted(port)).say('NOOP')).toMatch(/^250 /)
})

test('J02 a TLS handshake of one octet now and then ends after 30 s', async () => {
  const { port, clock } = await open()
  const client = await greeted(port)
  expect(await client.say('STARTTLS')).toMatch(/^220 /)
  for (const octet of [0x16, 0x03, 0x01]) {
    await client.write(Buffer.from([octet]))
    await clock.advance(8_000)
  }
  await clock.advance(15_000)
  expect(await client.closed()).toBe('')
})

test('J03 a message of 100 octets a second is cut off, one of 1,000 is not', async () => {
  const { port, clock } = await open()
  const begin = async (): Promise<SmtpClient> => {
    const client = await greeted(port)
    for (const line of ['MAIL FROM:<shop@shop.example>', `RCPT TO:<${alias}>`, 'DATA']) expect(await client.say(line)).toMatch(/^[23]/)
    await client.write('From: Shop <shop@shop.example>\r\nSubject: slow\r\n\r\n')
    return client
  }
  const [slow, steady] = [await begin(), await begin()]
  for (let minute = 0; minute < 14; minute++) {
    await slow.write('x'.repeat(6_000 - 2) + '\r\n')
    await steady.write('x'.repeat(60_000 - 2) + '\r\n')
    // What was written has to be read before the time is looked at: another client's answer comes after it.
    await greeted(port, '192.0.2.8')
    await clock.advance(60_000)
  }
  expect(await slow.closed()).toBe('421 4.4.2 Message comes too slowly, closing connection\r\n')
  await steady.write('.\r\n')
  expect(await steady.reply()).toMatch(/^250 /)
})

test('a session ends after 30 minutes, between two commands', async () => {
  const { port, clock } = await open()
  const client = await greeted(port)
  for (let minute = 0; minute < 29; minute += 1) {
    await clock.advance(60_000)
    expect(await client.say('NOOP')).toMatch(/^250 /)
  }
  await clock.advance(65_000)
  expect(await client.closed()).toBe('421 4.4.2 Session too long, connect again\r\n')
})

test('100 messages a connection, then 421 4.7.0; the trusted send on', async () => {
  const { port } = await open()
  const transactions = async (client: SmtpClient, count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      expect(await client.say('MAIL FROM:<shop@shop.example>')).toMatch(/^250 /)
      expect(await client.say('RSET')).toMatch(/^250 /)
    }
  }
  const client = await greeted(port)
  await transactions(client, 100)
  await client.write('MAIL FROM:<shop@shop.example>\r\n')
  expect(await client.closed()).toBe('421 4.7.0 Too many messages on one connection, connect again\r\n')
  await transactions(await greeted(port, trusted), 120)
})

test('A34 100,000 pipelined NOOPs whose replies nobody reads: 421 after 1,000, and others are served', async () => {
  const { port } = await open()
  const client = await greeted(port)
  client.pause()
  client.socket().write('NOOP\r\n'.repeat(100_000))
  const other = await greeted(port, '192.0.2.8')
  expect(await send(other, { to: alias, content: letter('meanwhile') })).toMatch(/^250 /)
  client.socket().resume()
  const heard = await client.closed()
  expect(heard.split('\r\n').filter((line) => line.startsWith('250 ')).length).toBeLessThan(1_000)
  expect(heard).toMatch(/421 4\.7\.0 Too many commands on one connection, connect again\r\n$/)
})

test('A31 the 1,001st recipient: 452 4.5.3, and the first 1,000 get the message', async () => {
  const count = 1_001
  const addresses = Array.from({ length: count }, (_, n) => `many-${n}@burn.example`)
  const domain = await db.selectFrom('domains').select('id').where('name', '=', 'burn.example').executeTakeFirstOrThrow()
  await db.insertInto('aliases').values(addresses.map((address) => ({
    account_id: accountId, domain_id: domain.id, local_part: address.split('@')[0]!, address, state: 'burned', created_at: new Date(), burned_at: new Date(),
  }))).execute()
  const { port } = await open()
  const client = await greeted(port)
  expect(await client.say('MAIL FROM:<shop@shop.example>')).toMatch(/^250 /)
  await client.write(addresses.map((address) => `RCPT TO:<${address}>\r\n`).join(''))
  const replies: string[] = []
  for (const _ of addresses) replies.push(await client.reply())
  expect(codes(replies)).toEqual({ 250: 1_000, 452: 1 })
  expect(replies.at(-1)).toMatch(/^452 4\.5\.3 /)
  expect(await client.say('DATA')).toMatch(/^354 /)
  await client.write(`${letter('to many')}.\r\n`)
  expect(await client.reply()).toMatch(/^250 /)
  const held = await db.selectFrom('held').innerJoin('messages', 'messages.id', 'held.message_id').select('held.id').where('subject', '=', 'to many').execute()
  expect(held).toHaveLength(1_000)
})

test('J09 who guesses addresses is cut off after 20, his network after 200 an hour; both get mail through before and later', async () => {
  const { port, clock } = await open()
  const guess = async (address: string): Promise<readonly string[]> => {
    const client = await from(port, address)
    const heard = [await client.reply()]
    if (heard[0]!.startsWith('421')) return heard
    await client.say('EHLO mail.shop.example')
    await client.say('MAIL FROM:<shop@shop.example>')
    while (!heard.at(-1)!.startsWith('421')) heard.push(await client.say(`RCPT TO:<guess-${heard.length}@burn.example>`))
    return heard
  }
  const first = await guess('192.0.2.7')
  expect(codes(first)).toEqual({ 220: 1, 550: 20, 421: 1 })
  expect(first.at(-1)).toBe('421 4.7.0 Too many unknown recipients, try again later')
  for (let n = 0; n < 12; n++) await guess('192.0.2.7')
  expect(await guess('192.0.2.7')).toEqual(['421 4.7.0 Too many unknown recipients, try again later'])
  expect(await knock(port, '192.0.2.8')).toMatch(/^220 /)
  await clock.advance(3_600_000)
  expect(await knock(port, '192.0.2.7')).toMatch(/^220 /)
})

test('J08 E21 an alias that gets the same message 1,000 times in an hour: only it is 450 4.7.1, its neighbour is not', async () => {
  const flooded = await addAlias('flooded-1')
  const { port, clock } = await open()
  for (let n = 0; n < 10; n++) {
    const client = await greeted(port)
    for (let m = 0; m < 100; m++) expect(await send(client, { to: flooded, content: letter('again') })).toMatch(/^250 /)
  }
  const client = await greeted(port)
  expect(await send(client, { to: flooded, content: letter('again') })).toBe('450 4.7.1 Too much mail for this address, try again later')
  await client.say('RSET')
  expect(await send(client, { to: alias, content: letter('to the neighbour') })).toMatch(/^250 /)
  expect(await send(await greeted(port, trusted), { to: flooded, content: letter('from a friend') })).toMatch(/^250 /)
  await clock.advance(3_600_000)
  expect(await send(await greeted(port), { to: flooded, content: letter('an hour later') })).toMatch(/^250 /)
})

test('A17 postmaster hears from everybody: no rate of its alias holds for it', async () => {
  const { port } = await open()
  for (let n = 0; n < 11; n++) {
    const client = await greeted(port)
    for (let m = 0; m < 100; m++) {
      expect(await client.say('MAIL FROM:<shop@shop.example>')).toMatch(/^250 /)
      expect(await client.say('RCPT TO:<postmaster>')).toMatch(/^250 /)
      expect(await client.say('DATA')).toMatch(/^354 /)
      // Its own inbox is out of reach here; it counts all the same.
      await client.write(`${letter('about your host')}.\r\n`)
      expect(await client.reply()).toMatch(/^451 /)
    }
  }
})
