// The thread for large messages: what becomes of a message in it when it takes too long or dies, and of the ones after it.
import { expect, onTestFinished, test } from 'vitest'
import type { Envelope } from '../../../src/verify/evaluate.ts'
import { DnsError, type Resolve } from '../../../src/verify/resolver.ts'
import { createVerifyThread } from '../../../src/verify/thread.ts'
import { createDatabase } from '../../support/database.ts'
import { openDnsServer } from '../../support/dns-server.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { openMailProcess } from '../../support/mail-process.ts'
import { countMessages, emptyMail } from '../../support/mail-rows.ts'
import { openNextHop } from '../../support/next-hop.ts'
import { createSigner, keyName, publish, signed } from '../../support/signed.ts'
import { until } from '../../support/until.ts'

const { db, url } = await createDatabase()

const envelope = (): Envelope =>
  ({ clientIp: '192.0.2.1', helo: 'mx.shop.example', reversePath: 'a@shop.example', from: 'a@shop.example', now: new Date() })
const nothing: Resolve = async (name: string, type: string) => { throw new DnsError('ENOTFOUND', name, type) }
const message = 'DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=s; h=from; bh=AAAA; b=AAAA\r\nFrom: a@shop.example\r\n\r\nHello\r\n'

async function* whole(): AsyncGenerator<Buffer> {
  yield Buffer.from(message)
}

async function* endless(): AsyncGenerator<Buffer> {
  yield Buffer.from(message)
  await new Promise(() => {})
}

test('who takes too long ends the thread for all that are in it; the next message has a new one', async () => {
  const clock = createFakeClock()
  const thread = createVerifyThread(clock)
  onTestFinished(thread.close)
  expect((await thread.evaluate(whole(), envelope(), nothing)).dmarc.result).toBe('none')
  const slow = thread.evaluate(endless(), envelope(), nothing)
  const asked = Promise.withResolvers<void>()
  // Waits for its answer inside the thread when that ends.
  const beside = thread.evaluate(whole(), envelope(), (() => {
    asked.resolve()
    return new Promise(() => {})
  }) as Resolve)
  const both = Promise.allSettled([slow, beside])
  await asked.promise
  await clock.advance(15_000)
  const ends = await both
  expect(ends.map((end) => end.status === 'rejected' && (end.reason as Error).message).toSorted())
    .toEqual(['a large message took too long to verify', expect.stringMatching(/took too long|thread that verifies ended/)])
  expect((await thread.evaluate(whole(), envelope(), nothing)).dmarc.result).toBe('none')
})

test('a fault of who asks for pieces is the end of that message alone', async () => {
  const thread = createVerifyThread()
  onTestFinished(thread.close)
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from(message)
    throw new Error('the spool file is gone')
  }
  await expect(thread.evaluate(broken(), envelope(), nothing)).rejects.toThrow('the spool file is gone')
  expect((await thread.evaluate(whole(), envelope(), nothing)).dmarc.result).toBe('none')
})

test('a message whose thread dies is answered 451 4.3.0, nothing of it is kept; its second try is verified', async () => {
  const dns = await openDnsServer()
  const shop = createSigner('shop.example')
  publish(dns, shop)
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: hop.url, env: { BURNBOX_DNS: dns.address } })
  const { address: to } = await mail.alias(await mail.account('ann'))
  const large = await signed(`From: a@shop.example\r\nTo: you\r\nSubject: large\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(20_000)}`, shop)
  // The thread takes its time to start, and the 5 s for names run already: it has started when the second message comes.
  await mail.send({ to, message: large })
  await emptyMail(db)
  const before = hop.arrived.length
  const other = createSigner('shop.example', { selector: 's2' })
  publish(dns, other)
  dns.fail(keyName(other), 'silence')
  const dying = large.replace(/^DKIM-Signature:[^]*?(?=From:)/, (field) => field.replace('s=s1', 's=s2'))
  const sending = mail.send({ to, message: dying })
  await until(() => dns.asked.includes(`TXT ${keyName(other)}`), 'the question for the key')
  mail.host.verifier.close()
  expect((await sending).dot).toMatch(/^451 4\.3\.0 /)
  expect(await countMessages(db)).toBe(0)
  expect(hop.arrived).toHaveLength(before)
  dns.answerNow()
  // The first one through a new thread may lose its 5 s to its start.
  await until(async () => {
    expect((await mail.send({ to, message: large })).dot).toMatch(/^250 /)
    return /^Authentication-Results: burn\.example;(?:.*\r\n[ \t])*.*dkim=pass/m.test(hop.accepted.at(-1)!.bytes.toString('latin1'))
  }, 'a pass from a new thread')
})
