// What the door asks of the DNS, and what it does not (RELIABILITY H02, H09, H10, H12). Whether mail is authentic: integration/mail/authenticity.
import { pbkdf2 } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { getServers, setServers } from 'node:dns'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { decode, encode, TRUNCATED_RESPONSE } from 'dns-packet'
import { expect, onTestFinished, test } from 'vitest'
import { createResolver } from '../../../src/verify/resolver.ts'
import { createDatabase } from '../../support/database.ts'
import { openDnsServer, type DnsServer } from '../../support/dns-server.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { openNextHop, type NextHop } from '../../support/next-hop.ts'
import { connectClient, greet, letter, send, sendAlone, type SmtpClient } from '../../support/smtp-client.ts'
import { until } from '../../support/until.ts'

const { url } = await createDatabase()
let names = 0

type Scene = { readonly dns: DnsServer; readonly hop: NextHop; readonly mail: MailProcess; readonly to: string }

const open = async (env: Readonly<Record<string, string>> = {}): Promise<Scene> => {
  const dns = await openDnsServer()
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, { relay: hop.url, env: { BURNBOX_DNS: dns.address, ...env } })
  const alias = await mail.alias(await mail.account(`dns${++names}`))
  return { dns, hop, mail, to: alias.address }
}

test('H09 nobody is asked for the name of a client: whatever its PTR record says, or does not, is of no account', async () => {
  const { dns, hop, mail, to } = await open({ BURNBOX_PROXY_PROTOCOL: '127.0.0.1' })
  // A library that asks goes by the system's servers, not by ours; and it knows 127.0.0.1 from /etc/hosts.
  const before = getServers()
  setServers([dns.address])
  onTestFinished(() => setServers(before))
  dns.set('7.2.0.192.in-addr.arpa', 'PTR', 'evil.example for <owner@home.example>; x')
  dns.fail('8.2.0.192.in-addr.arpa', 'silence')
  for (const address of ['192.0.2.7', '192.0.2.8', '192.0.2.9']) {
    await using client = await connectClient(mail.port)
    await client.write(`PROXY TCP4 ${address} 192.0.2.25 4321 25\r\n`)
    expect(await client.reply()).toMatch(/^220 /)
    await client.say('EHLO mail.shop.example')
    expect(await send(client, { to, content: letter(`from ${address}`) })).toMatch(/^250 /)
    expect(hop.accepted.at(-1)!.bytes.toString()).toContain(`Received: from mail.shop.example ([${address}])`)
  }
  expect(dns.asked.length).toBeGreaterThan(0)
  expect(dns.asked.filter((question) => question.includes('arpa'))).toEqual([])
})

test('H10 a sender whose domain does not exist, takes no mail, or cannot be asked about: taken all the same (choice 13)', async () => {
  const { dns, hop, mail, to } = await open()
  dns.set('nullmx.example', 'MX', '0 .')
  for (const name of ['away.example', '_dmarc.away.example', 'example']) dns.fail(name, 'SERVFAIL')
  for (const domain of ['none.nowhere', 'nullmx.example', 'away.example']) {
    const content = letter(`from ${domain}`).replace('From: Shop <shop@shop.example>', `From: x@${domain}`)
    expect(await sendAlone(mail.port, { from: `x@${domain}`, to, content }), domain).toMatch(/^250 /)
  }
  expect(hop.accepted).toHaveLength(3)
})

test('H12 a DNS that says nothing holds up 200 sessions and nobody else: not the thread pool, not who says NOOP, not who comes in', async () => {
  const { dns, hop, mail, to } = await open()
  for (const name of ['shop.example', '_dmarc.shop.example', 'mail.shop.example']) dns.fail(name, 'silence')
  const clients = await Promise.all(Array.from({ length: 200 }, async (): Promise<SmtpClient> => {
    const client = await greet(mail.port)
    onTestFinished(() => client[Symbol.asyncDispose]())
    return client
  }))
  const replies = clients.map((client) => send(client, { to, content: letter('slow') }))
  await until(() => dns.asked.length > 0, 'the first question')
  // The pool has four threads: dns.lookup would wait in it, and everybody else behind it.
  expect(process.getActiveResourcesInfo().filter((one) => one === 'GetAddrInfoReqWrap')).toEqual([])
  await Promise.all(Array.from({ length: 8 }, () => promisify(pbkdf2)('x', 'y', 1_000, 32, 'sha256')))
  await using other = await connectClient(mail.port)
  expect(await other.reply()).toMatch(/^220 /)
  expect(await other.say('EHLO mail.shop.example')).toMatch(/^250/)
  // Identical questions are one: 200 sessions ask no more than a few.
  expect(dns.asked.length).toBeLessThan(20)
  dns.answerNow()
  for (const reply of await Promise.all(replies)) expect(reply).toMatch(/^250 /)
  await until(() => hop.accepted.length === 200, 'all of them at the next hop')
})

test('H02 an answer that is cut off, and TCP is blocked: trouble, never an answer', async () => {
  const udp = createSocket('udp4').bind(0, '127.0.0.1')
  onTestFinished(() => { udp.close() })
  await once(udp, 'listening')
  udp.on('message', (bytes, peer) => {
    const { id = 0, questions = [] } = decode(bytes)
    udp.send(encode({ type: 'response', id, questions, flags: TRUNCATED_RESPONSE }), peer.port, peer.address)
  })
  const resolve = createResolver([`127.0.0.1:${udp.address().port}`], createFakeClock())
  await expect(resolve('shop.example', 'TXT')).rejects.toMatchObject({ code: expect.stringMatching(/^E(SERVFAIL|TIMEOUT)$/) })
})
