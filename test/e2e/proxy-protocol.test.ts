// PROXY protocol version 1: whose client the ingress believes it has, and an international domain of ours (A28).
import { expect, test } from 'vitest'
import { startMailHost } from '../support/mail-host.ts'
import { connectClient, letter, type SmtpClient } from '../support/smtp-client.ts'

// 127.0.0.9 is inside the network, 127.0.0.1 is not.
const { port, nextHop, names } = await startMailHost({ BURNBOX_PROXY_PROTOCOL: '127.0.0.8/31, ::1', BURNBOX_DOMAIN: 'bücher.example' })
const balancer = { localAddress: '127.0.0.9' }

const receivedOf = async (client: SmtpClient): Promise<string> => {
  expect(await client.reply()).toMatch(/^220 xn--bcher-kva\.example /)
  for (const line of ['EHLO mail.shop.example', 'MAIL FROM:<shop@shop.example>', `RCPT TO:<${names['alias']}>`]) expect(await client.say(line)).toMatch(/^250/)
  expect(await client.say('DATA')).toMatch(/^354 /)
  await client.write(`${letter('whose')}.\r\n`)
  expect(await client.reply()).toMatch(/^250 /)
  return /^Received: (.*)$/m.exec(nextHop.arrived.at(-1)!.bytes.toString().replaceAll(/\r\n[ \t]+/g, ' '))![1]!
}

test('the client of the Received field is the one of the PROXY line', async () => {
  await using client = await connectClient(port, balancer)
  await client.write('PROXY TCP4 192.0.2.7 198.51.100.1 4321 25\r\n')
  expect(await receivedOf(client)).toMatch(/^from mail\.shop\.example \(\[192\.0\.2\.7\]\) by xn--bcher-kva\.example /)
})

test('an IPv6 client, cut into single octets, and a proxy that does not know', async () => {
  await using client = await connectClient(port, balancer)
  await client.write('PROXY TCP6 2001:DB8::7 2001:db8::1 4321 25\r\n', { segment: 1 })
  expect(await receivedOf(client)).toContain('([IPv6:2001:db8::7])')
  await using unknown = await connectClient(port, balancer)
  await unknown.write('PROXY UNKNOWN\r\n')
  expect(await receivedOf(unknown)).toContain('([127.0.0.9])')
})

test('a peer that is not trusted is not believed, and needs no PROXY line', async () => {
  await using liar = await connectClient(port)
  await liar.write('PROXY TCP4 192.0.2.7 198.51.100.1 4321 25\r\n')
  expect(await liar.closed()).toMatch(/^421 /)
  await using late = await connectClient(port)
  await late.reply()
  expect(await late.say('PROXY TCP4 192.0.2.7 198.51.100.1 4321 25')).toMatch(/^500 /)
  await using plain = await connectClient(port)
  expect(await receivedOf(plain)).toContain('([127.0.0.1])')
})

test('a trusted peer without a PROXY line, or with a bad one, gets no conversation', async () => {
  for (const line of ['EHLO mail.shop.example\r\n', 'PROXY TCP4 not-an-address 1 2 3\r\n']) {
    await using client = await connectClient(port, balancer)
    await client.write(line)
    expect(await client.closed()).toBe('* BAD Invalid PROXY header\r\n')
  }
})

test('A28 our domain in Unicode, in A-labels and in capitals is one domain', async () => {
  const [localPart] = names['alias']!.split('@')
  await using client = await connectClient(port)
  await client.reply()
  for (const line of ['EHLO mail.shop.example', 'MAIL FROM:<shop@shop.example>']) await client.say(line)
  for (const domain of ['bücher.example', 'xn--bcher-kva.example', 'XN--BCHER-KVA.EXAMPLE', 'BÜCHER.example', 'bu\u0308cher.example']) {
    expect(await client.say(`RCPT TO:<${localPart}@${domain}>`)).toMatch(/^250 /)
  }
  expect(await client.say('DATA')).toMatch(/^354 /)
  const before = nextHop.arrived.length
  await client.write(`${letter('one recipient')}.\r\n`)
  expect(await client.reply()).toMatch(/^250 /)
  expect(nextHop.arrived).toHaveLength(before + 1)
})
