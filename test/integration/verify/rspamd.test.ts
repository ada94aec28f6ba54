// The client of rspamd against a server on loopback: how many questions at once, when it is left alone, what is said of it.
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { Content } from '../../../src/mail/content.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { createResolver } from '../../../src/verify/resolver.ts'
import { lookUpBy } from '../../../src/verify/look-up.ts'
import { createRspamd } from '../../../src/verify/rspamd.ts'
import { openDnsServer } from '../../support/dns-server.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { letter } from '../../support/mail-process.ts'
import { noDns } from '../../support/program.ts'
import { answer, openRspamdServer } from '../../support/rspamd-server.ts'
import { until } from '../../support/until.ts'

const second = 1_000
const envelope = { clientIp: '192.0.2.1', helo: 'mail.shop.example', reversePath: 'a@shop.example', forwardPaths: ['shop-1@burn.example'] }
const message = contentInMemory(Buffer.from(letter()), letter().indexOf('\r\n\r\n') + 2, false)

async function open() {
  const server = await openRspamdServer()
  const clock = createFakeClock()
  const lines: { readonly level: number; readonly msg: string; readonly unchecked?: number }[] = []
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const filter = createRspamd({ url: server.url }, 'burn.example', createResolver([noDns], clock), clock, log)
  onTestFinished(filter.close)
  return { server, clock, lines, filter, check: (content: Content = message) => filter.check(envelope, content) }
}

/** 30 MB, and whether somebody still reads them. */
function largeContent(): { readonly content: Content; readonly isRead: () => boolean } {
  let readers = 0
  const read = async function* (): AsyncGenerator<Buffer> {
    readers += 1
    try {
      for (let n = 0; n < 300; n++) yield Buffer.alloc(100_000, 'x')
    } finally {
      readers -= 1
    }
  }
  return { content: { ...message, size: 30_000_000, read }, isRead: () => readers > 0 }
}

test('a burst opens 50 connections and no more; whoever waits gets its answer', async () => {
  const { server, check } = await open()
  const all = Promise.withResolvers<void>()
  server.does(async (response) => {
    await all.promise
    answer(response, '{"action":"add header","score":7}')
  })
  const facts = Promise.all(Array.from({ length: 120 }, () => check()))
  await until(() => server.asked.length === 50, '50 questions')
  expect(server.connections.now).toBe(50)
  all.resolve()
  expect(await facts).toEqual(Array.from({ length: 120 }, () => ({ action: 'add header', score: 7 })))
  expect(server.connections.most).toBe(50)
  await until(() => server.connections.now === 0, 'the connections to end')
})

test('after three failures in a row it is left alone for 10 s, then asked by one message at a time', async () => {
  const { server, clock, check } = await open()
  server.does((response) => answer(response, '', 500))
  for (let n = 0; n < 5; n++) expect(await check()).toBeUndefined()
  expect(server.asked).toHaveLength(3)
  await clock.advance(9 * second)
  await check()
  expect(server.asked).toHaveLength(3)
  await clock.advance(second)
  await Promise.all([check(), check(), check()])
  expect(server.asked).toHaveLength(4)
  await clock.advance(10 * second)
  server.says({ action: 'reject', score: 20 })
  expect(await check()).toEqual({ action: 'reject', score: 20 })
  expect(await Promise.all([check(), check()])).toHaveLength(2)
  expect(server.asked).toHaveLength(7)
})

test('a message that it cannot read now and then changes nothing for the others', async () => {
  const { server, check } = await open()
  for (let n = 0; n < 5; n++) {
    server.does((response) => response.destroy())
    expect(await check()).toBeUndefined()
    server.says({ action: 'no action', score: 1 })
    expect(await check()).toEqual({ action: 'no action', score: 1 })
  }
})

test('what is wrong is said once, again after 5 minutes, and when it is over; with the number of messages', async () => {
  const { server, clock, lines, check } = await open()
  server.does((response) => answer(response, '', 500))
  for (let n = 0; n < 30; n++) {
    await check()
    await clock.advance(10 * second)
  }
  expect(lines).toMatchObject([{ level: 40, msg: 'rspamd gives no answer: mail goes on without it', unchecked: 1 }])
  expect(JSON.stringify(lines[0])).toContain('HTTP 500')
  await check()
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject({ level: 40, unchecked: 31 })
  await clock.advance(10 * second)
  server.says({ action: 'no action', score: 1 })
  await check()
  await check()
  expect(lines.slice(2)).toMatchObject([{ level: 30, msg: 'rspamd answers again', unchecked: 31 }])
})

test('what it does not answer in time is let go: the message is read no further', async () => {
  const { server, lines, check } = await open()
  server.does(() => {}, { unread: true })
  const large = largeContent()
  expect(await check(large.content)).toBeUndefined()
  await until(() => !large.isRead(), 'the reading to end')
  expect(JSON.stringify(lines)).toContain('no answer within 4500 ms')
})

test('an answer counts before it has read the message, and a message that cannot be read is no fault of the flow', async () => {
  const { server, check } = await open()
  server.does((response) => answer(response, '{"action":"reject","score":20}'), { unread: true })
  const large = largeContent()
  expect(await check(large.content)).toEqual({ action: 'reject', score: 20 })
  await until(() => !large.isRead(), 'the reading to end')
  const broken: Content = {
    ...message,
    read: async function* () {
      yield Buffer.from('From: ')
      throw new Error('EIO')
    },
  }
  expect(await check(broken)).toBeUndefined()
})

test('its own name is asked of BURNBOX_DNS; one that nobody there knows, of the system', async () => {
  const server = await openRspamdServer()
  const dns = await openDnsServer()
  dns.set('rspamd.home.example', 'A', '127.0.0.1')
  const port = new URL(server.url).port
  for (const name of ['rspamd.home.example', 'localhost']) {
    const clock = createFakeClock()
    const resolve = createResolver([dns.address], clock)
    const filter = createRspamd({ url: `http://${name}:${port}` }, 'burn.example', resolve, clock, pino({ level: 'silent' }), lookUpBy(resolve))
    onTestFinished(filter.close)
    server.says({ action: 'add header', score: 7 })
    expect(await filter.check(envelope, message), name).toEqual({ action: 'add header', score: 7 })
  }
  expect(dns.asked).toContain('A rspamd.home.example')
})
