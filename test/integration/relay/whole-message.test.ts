import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import type { Mailbox } from '../../../src/mail/address.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { endOfFields } from '../../../src/mail/header.ts'
import type { Attempt } from '../../../src/policy/outcome.ts'
import { createSmarthost } from '../../../src/relay/smarthost.ts'
import { openNextHop, type NextHop, type Script } from '../../support/next-hop.ts'

async function openHop(script: Script = {}): Promise<NextHop> {
  const hop = await openNextHop(script)
  onTestFinished(() => hop[Symbol.asyncDispose]())
  return hop
}

function relayTo(hop: NextHop): (message: string) => Promise<Attempt> {
  const relay = createSmarthost({ kind: 'smarthost', host: '127.0.0.1', port: hop.port, secure: false }, 'burn.example', systemClock)
  onTestFinished(() => relay.close())
  return (message) => {
    const bytes = Buffer.from(message)
    const content = contentInMemory(bytes, endOfFields(bytes), false)
    const envelope = { reversePath: { kind: 'null' }, forwardPath: 'ann@home.example' as Mailbox, smtpUtf8: false } as const
    return relay.begin(envelope, { header: content.header, content }, { inline: true }).result
  }
}

test.each([
  ['small, in one piece', 'A: 1\r\n\r\n.\r\n..\r\n.x\r\nend\r\n'],
  ['small, without a body', '.odd\r\nA: 1\r\n'],
  ['large, as a stream', `A: 1\r\n\r\n${'.dot\r\n'.repeat(20_000)}`],
])('a message arrives byte for byte: %s', async (_, message) => {
  const hop = await openHop()
  const send = relayTo(hop)
  expect(await send(message)).toMatchObject({ kind: 'accepted' })
  expect(await send(message)).toMatchObject({ kind: 'accepted' })
  expect(hop.arrived.map(({ bytes }) => bytes.toString())).toEqual([message, message])
  expect(hop.connections.ever).toBe(1)
})

test('a 250 that comes together with the 354 is no answer to our message', async () => {
  const hop = await openHop({ data: { raw: '354 Go on\r\n250 2.0.0 Taken, whatever it is\r\n' } })
  expect(await relayTo(hop)('A: 1\r\n\r\nhello\r\n')).toMatchObject({ kind: 'transient', why: 'connection' })
  expect(hop.arrived).toEqual([])
})
