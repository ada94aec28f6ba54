// A forward as the server of an inbox judges it: Debian's Postfix with OpenDKIM and OpenDMARC, and the records that `burnbox dns` prints in the DNS.
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { dnsRecords } from '../../src/flow/dns-records.ts'
import { createDatabase } from '../support/database.ts'
import { openDnsServer, type DnsServer } from '../support/dns-server.ts'
import { openJudgingPostfix, type JudgingPostfix } from '../support/judging-postfix.ts'
import { openMailProcess, type MailProcess } from '../support/mail-process.ts'
import { send } from '../support/sender.ts'
import { createSigner, publish, signed } from '../support/signed.ts'
import { testNeeding } from '../support/tools.ts'
import { until } from '../support/until.ts'

const test = testNeeding('postfix', 'opendkim', 'opendmarc', 'root')
const { url } = await createDatabase()
const shop = createSigner('shop.example')
const inbox = 'ann@home.example'

/** The operator's zone as we print it, and what he adds: the address of the server itself. */
async function publishOurs(dns: DnsServer, { host }: MailProcess): Promise<void> {
  for (const { name, type, value } of await dnsRecords(host)) {
    dns.set(name, type, ...type === 'TXT' ? [value.match(/.{1,250}/g) ?? []] : [value.replace(/\.$/, '')])
  }
  dns.set('mail.burn.example', 'A', '127.0.0.1')
}

/** What the inbox's server wrote on top of the latest message that it took. */
const verdict = ({ mailbox }: JudgingPostfix): string =>
  headerOf(mailbox.accepted.at(-1)!.bytes).split('\r\n').filter((line) => /^authentication-results: (dkim|dmarc)\.home\.example/i.test(line)).join('\n')

const headerOf = (bytes: Buffer): string => bytes.toString('latin1').split('\r\n\r\n')[0]!.replaceAll(/\r\n[ \t]+/g, ' ')
const bodyOf = (bytes: Buffer): Buffer => bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64')

const letter = (body: string, header = ''): string => ['From: "Shop, Inc." <orders@shop.example>', 'To: you', 'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
  'Date: Thu, 01 Jan 2026 00:00:00 +0000', 'Message-ID: <1@shop.example>', `MIME-Version: 1.0\r\n${header}\r\n${body}`].join('\r\n')

const bodies: Readonly<Record<string, readonly [header: string, body: string]>> = {
  'plain': ['', 'Hello\r\n'],
  'nothing at all': ['', ''],
  'blanks, dots and empty lines at the end': ['', '  two  blanks \t\r\n.\r\n..hidden\r\n.\r\n\r\n\r\n'],
  'lines of 998 octets': ['', `${'x'.repeat(998)}\r\n`.repeat(3)],
  '8-bit text': ['Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n', 'Gr\xfc\xdfe aus K\xf6ln\r\n'],
  'multipart': ['Content-Type: multipart/mixed; boundary="b"\r\n', '--b\r\nContent-Type: text/html\r\n\r\n<p>=3D</p>\r\n--b\r\nX: 1\r\n--b--\r\nepilogue\r\n'],
  'a calendar invitation': ['Content-Type: text/calendar; method=REQUEST\r\n', 'BEGIN:VCALENDAR\r\nATTENDEE;RSVP=TRUE\r\n :mailto:x@y\r\nEND:VCALENDAR\r\n'],
  '2 MB of base64': ['Content-Transfer-Encoding: base64\r\n', `${'QUJD'.repeat(19)}\r\n`.repeat(26_000)],
}

// One test: its three servers take 10 s to start.
test('E16 E19 the inbox’s own server finds DKIM, SPF and DMARC pass for us, the body that was sent, and a forger out', async () => {
  const nameServer = `127.${1 + process.pid % 250}.7.53`
  const dns = await openDnsServer({ host: nameServer, port: 53 })
  const judge = await openJudgingPostfix(inbox, nameServer)
  const open = (env: Readonly<Record<string, string>> = {}): Promise<MailProcess> =>
    openMailProcess(url, { relay: `smtp://127.0.0.1:${judge.port}`, env: { BURNBOX_DNS: dns.address, ...env } })
  const mail = await open()
  const alias = await mail.alias(await mail.account('ann', [inbox]))
  await publishOurs(dns, mail)
  dns.set('shop.example', 'TXT', 'v=spf1 ip4:127.0.0.1 -all')
  dns.set('_dmarc.shop.example', 'TXT', 'v=DMARC1; p=reject')
  dns.set('evil.example', 'TXT', 'v=spf1 ip4:127.0.0.1 -all')
  publish(dns, shop)

  const through = async (port: number, to: string, from: string, message: string, name: string): Promise<Buffer> => {
    const before = judge.mailbox.accepted.length
    expect((await send(port, { to, from, message: Buffer.from(message, 'latin1') })).dot, name).toMatch(/^250 /)
    await until(() => judge.mailbox.accepted.length > before, `${name} in the mailbox`)
    return judge.mailbox.accepted.at(-1)!.bytes
  }
  for (const [name, [header, body]] of Object.entries(bodies)) {
    const message = await signed(letter(body, header), shop)
    const got = await through(mail.port, alias.address, 'orders@shop.example', message, name)
    expect(verdict(judge), name).toMatch(/dkim=pass .*header\.d=burn\.example/)
    expect(verdict(judge), name).toMatch(/spf=pass smtp\.mailfrom=burn\.example/)
    expect(verdict(judge), name).toMatch(/dmarc=pass \(p=reject dis=none\) header\.from=burn\.example/)
    const sent = Buffer.from(body === '' || body.endsWith('\r\n') ? message : `${message}\r\n`, 'latin1')
    expect(sha256(bodyOf(got)), name).toBe(sha256(bodyOf(sent)))
  }

  const withBoth = await open({ BURNBOX_DKIM_ED25519: 'true' })
  await publishOurs(dns, withBoth)
  const twice = await through(withBoth.port, alias.address, 'orders@shop.example', await signed(letter('Hello\r\n'), shop), 'with two signatures')
  expect(twice.toString().match(/^DKIM-Signature:/gm)).toHaveLength(2)
  expect(verdict(judge)).toMatch(/dkim=pass .*header\.d=burn\.example/)
  expect(verdict(judge)).toMatch(/dmarc=pass/)

  // It does look: a stranger who claims to be us fails there.
  await through(judge.port, inbox, 'x@evil.example', letter('Hello\r\n').replace('orders@shop.example', 'r.aaaa@burn.example'), 'forged')
  expect(verdict(judge)).toMatch(/dmarc=fail \(p=reject/)
})
