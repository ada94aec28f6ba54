// Replies that no server should give, and what becomes of them: G01, G09, G10, G11. Real sockets, one attempt each.
import { expect, onTestFinished, test, describe } from 'vitest'
import type { Attempt } from '../../../src/policy/outcome.ts'
import { createSmarthost } from '../../../src/relay/smarthost.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { endOfFields } from '../../../src/mail/header.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts'
import { openNextHop, type NextHop, type Script } from '../../support/next-hop.ts'

const message = Buffer.from('Subject: hello\r\n\r\nhello\r\n')
const content = contentInMemory(message, endOfFields(message), false)

type Under = { readonly hop: NextHop; readonly clock: FakeClock; try(): Promise<Attempt> }

async function against(script: Script): Promise<Under> {
  const hop = await openNextHop(script)
  const clock = createFakeClock()
  const relay = createSmarthost({ kind: 'smarthost', host: '127.0.0.1', port: hop.port, secure: false }, 'burn.example', clock)
  onTestFinished(async () => {
    relay.close()
    await hop[Symbol.asyncDispose]()
  })
  const envelope = { reversePath: { kind: 'null' }, forwardPath: 'ann@home.example' as Mailbox, smtpUtf8: false } as const
  return { hop, clock, try: () => relay.begin(envelope, { header: content.header, content }, { inline: true }).result }
}

test('G01 a greeting after 29 s of the next hop: delivered, nobody is given up before', async () => {
  const late = Promise.withResolvers<string>()
  const under = await against({ greeting: () => late.promise })
  const attempt = under.try()
  await under.hop.saw('greeting')
  await under.clock.advance(29_000)
  late.resolve('220 sink.example at last')
  expect(await attempt).toMatchObject({ kind: 'accepted' })
})

test('G09 a reply of 300 lines is one reply', async () => {
  const many = Array.from({ length: 300 }, (_, n) => `250${n === 299 ? ' ' : '-'}2.0.0 line ${n}`).join('\r\n')
  const attempt = await (await against({ dot: many })).try()
  expect(attempt).toMatchObject({ kind: 'accepted' })
  expect(attempt.reply.length).toBeLessThanOrEqual(500)
})

test.each([['of one code and then another', '250-2.0.0 one\r\n550 5.7.1 two'], ['of bare codes', '250'], ['with LF alone', '250 2.0.0 Ok\n']] as const)(
  'G09 a reply %s ends the attempt, one way or the other', async (_name, reply) => {
    const attempt = await (await against({ rcpt: reply })).try()
    expect(['accepted', 'transient', 'permanent']).toContain(attempt.kind)
  })

test('G09 a reply without an end is not gathered for ever: 2 MB of it end the connection, deferred', async () => {
  const before = process.memoryUsage().rss
  const { hop, try: attempt } = await against({ rcpt: { raw: `250-${'x'.repeat(2 * 2 ** 20)}` } })
  expect(await attempt()).toMatchObject({ kind: 'transient', why: 'connection' })
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20)
  expect(hop.connections.now).toBeLessThanOrEqual(1)
})

test('G10 what is kept of a reply has no control characters; what a page shows of it is text', async () => {
  const attempt = await (await against({ rcpt: '550 5.1.1 \u001b[31mann@home.example\u0007 <script>alert(1)</script> \u0000 no' })).try()
  expect(attempt).toEqual({ kind: 'permanent', why: 'reply', reply: '550 5.1.1  [31mann@home.example  <script>alert(1)</script>   no' })
})

describe('G11 odd codes', () => {
  test.each(['251 2.1.5 will forward', '252 2.1.5 cannot verify', '299 2.1.5 hm', '250 550 not what it says'])('%s to RCPT is a yes', async (reply) => {
    expect(await (await against({ rcpt: reply })).try()).toMatchObject({ kind: 'accepted' })
  })
  test.each(['354 go on', '999 what', '199 hm', 'abc'])('%s to RCPT is no answer: deferred', async (reply) => {
    expect(await (await against({ rcpt: reply })).try()).toMatchObject({ kind: 'transient' })
  })
})
