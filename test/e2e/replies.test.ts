// A correspondence with a real provider: Debian's Postfix is the server of the owner's inbox and takes what their mail program sends, a next hop
// of ours is the shop's server. Burnbox finds both by MX.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { startPostfix } from '../bench/postfix.ts'
import { createDatabase } from '../support/database.ts'
import { openMailProcess } from '../support/mail-process.ts'
import { openNextHop, type Arrived, type NextHop } from '../support/next-hop.ts'
import { bodyOf, fieldNames, fieldOf, unfolded } from '../support/reply-host.ts'
import { openSender, sendOn } from '../support/sender.ts'
import { findProgram, testNeeding } from '../support/tools.ts'
import { until } from '../support/until.ts'
import { openZone } from '../support/zone.ts'

const test = testNeeding('postfix', 'root')
const { url } = await createDatabase()
const run = promisify(execFile)
const inbox = 'ann@home.example'

/** The next message that comes there, whatever came before. */
const reader = (hop: NextHop): (() => Promise<Arrived>) => {
  let read = 0
  return async () => {
    const message = await until(() => hop.accepted[read], 'a message')
    read += 1
    return message
  }
}

const say = async (port: number, from: string, to: readonly string[], message: string, parameters = ''): Promise<void> => {
  const sender = await openSender(port)
  try {
    const { dot, rcpt } = await sendOn(sender, { from, to, message: Buffer.from(message, 'utf8'), parameters })
    expect(dot, rcpt.join()).toMatch(/^250 /)
  } finally {
    sender.close()
  }
}

const text = (fields: readonly string[], body: string): string => [...fields, '', body, ''].join('\r\n')
const addressIn = (value: string | undefined): string => /<([^>]*)>/.exec(value ?? '')?.[1] ?? value ?? ''

// One test: its servers take seconds to start.
test('D30 N03 N06 N12 a correspondence through Postfix, three levels deep, with everything that people send', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'burnbox-replies-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const mailbox = await openNextHop()
  onTestFinished(() => mailbox[Symbol.asyncDispose]())
  const postfix = await startPostfix(folder, { relayPort: mailbox.port, domain: 'home.example', inbox: 'mailbox@final.example', aliases: [inbox] })
  onTestFinished(postfix.stop)
  const shop = await openNextHop({}, { host: '127.0.0.2', port: postfix.port })
  onTestFinished(() => shop[Symbol.asyncDispose]())
  const zone = await openZone({
    'home.example MX': [[10, 'mx.home.example']], 'mx.home.example A': ['127.0.0.1'], 'home.example TXT': ['v=spf1 ip4:127.0.0.1 -all'],
    '_dmarc.home.example TXT': ['v=DMARC1; p=reject'], 'shop.example MX': [[10, 'mx.shop.example']], 'mx.shop.example A': ['127.0.0.2'],
  })
  onTestFinished(() => zone[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, {
    relay: 'direct', env: { BURNBOX_DNS: zone.server, BURNBOX_MX_PORT: String(postfix.port), BURNBOX_MX_ALLOW_PRIVATE: 'true' },
  })
  const config = join(folder, 'config')
  await run(findProgram('postconf')!, ['-c', config, '-e', `transport_maps = inline:{ burn.example=smtp:[127.0.0.1]:${mail.port} }`])
  await run(findProgram('postfix')!, ['-c', config, 'reload'])
  const alias = await mail.alias(await mail.account('ann', [inbox]))
  const [atHome, atShop] = [reader(mailbox), reader(shop)]
  const fromShop = (fields: readonly string[], body: string, parameters = '') =>
    say(mail.port, 'orders@shop.example', [alias.address], text(['From: "Shop, Inc." <orders@shop.example>', ...fields], body), parameters)
  const fromAnn = (to: readonly string[], fields: readonly string[], body: string, parameters = '') => say(postfix.port, inbox, to, text([
    'Received: from laptop.home.example ([192.0.2.7])', `From: Ann Real <${inbox}>`, 'User-Agent: Mozilla Thunderbird', 'MIME-Version: 1.0', ...fields,
  ], body), parameters)
  const hasNothingOfHers = (message: Arrived): void => {
    expect(message.bytes.toString('latin1')).not.toMatch(/home\.example|Ann Real|192\.0\.2|Postfix|Thunderbird|127\.0\.0/)
    expect(message.reversePath).toMatch(/^b\.[a-z2-7]{58}@burn\.example$/)
    expect(new Set(fieldNames(message))).not.toContain('User-Agent')
  }

  // The shop writes, she answers, the shop answers, she answers again.
  await fromShop([`To: ${alias.address}, desk@shop.example`, 'Subject: Your order', 'Message-ID: <1@shop.example>'], 'Where to?')
  const first = await atHome()
  const orders = addressIn(fieldOf(first, 'From'))
  const [, desk] = /<(r\.[a-z2-7]+@burn\.example)>/.exec(fieldOf(first, 'To')!)!
  await fromAnn([orders], [`To: ${orders}`, 'Subject: Re: Your order', 'Message-ID: <2@mail.home.example>', 'In-Reply-To: <1@shop.example>',
    'References: <1@shop.example>', 'Content-Type: text/plain'], `Home, please\r\n\r\nOn Thursday ${orders} wrote:\r\n> Where to?`)
  const second = await atShop()
  hasNothingOfHers(second)
  const minted = fieldOf(second, 'Message-ID')!
  expect([fieldOf(second, 'In-Reply-To'), fieldOf(second, 'From'), fieldOf(second, 'To')]).toEqual(['<1@shop.example>', alias.address, 'orders@shop.example'])
  await fromShop([`To: ${alias.address}`, 'Subject: Re: Your order', 'Message-ID: <3@shop.example>', `In-Reply-To: ${minted}`,
    `References: <1@shop.example> ${minted}`], 'Very well')
  const third = await atHome()
  expect([fieldOf(third, 'In-Reply-To'), fieldOf(third, 'References')]).toEqual(['<2@mail.home.example>', '<1@shop.example> <2@mail.home.example>'])
  await mail.host.recorder.flush()

  // To all, and to herself: her own server keeps that copy, and nobody learns of it.
  await fromAnn([orders, desk!, inbox], [
    `To: ${orders}, ${desk}`, `Cc: ${inbox}, ${alias.address}`, 'Subject: Re: Your order', 'Message-ID: <4@mail.home.example>',
    'In-Reply-To: <3@shop.example>', 'References: <1@shop.example> <2@mail.home.example> <3@shop.example>',
  ], 'To you all')
  const toAll = [await atShop(), await atShop()]
  expect(toAll.flatMap(({ forwardPaths }) => forwardPaths).toSorted()).toEqual(['desk@shop.example', 'orders@shop.example'])
  for (const one of toAll) {
    hasNothingOfHers(one)
    expect([fieldOf(one, 'To'), fieldOf(one, 'Cc')]).toEqual(['orders@shop.example, desk@shop.example', undefined])
    expect(fieldOf(one, 'References')).toBe(`<1@shop.example> ${minted} <3@shop.example>`)
  }
  expect(fieldOf(await atHome(), 'Message-ID'), 'her own copy').toBe('<4@mail.home.example>')

  // An attachment: every octet.
  const photo = Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * 7) % 251)).toString('base64').replaceAll(/.{76}/g, '$&\r\n')
  const mixed = ['--b', 'Content-Type: text/plain', '', 'See the photo', '--b', 'Content-Type: application/octet-stream; name="scan.bin"',
    'Content-Transfer-Encoding: base64', '', photo, '--b--'].join('\r\n')
  await fromAnn([orders], [`To: ${orders}`, 'Subject: photo', 'Content-Type: multipart/mixed; boundary=b'], mixed)
  const attached = await atShop()
  hasNothingOfHers(attached)
  expect(bodyOf(attached)).toBe(`${mixed}\r\n`)

  // What is signed by PGP (a signature of gpg's, with no name in it): every octet.
  const pgp = ['--b', 'Content-Type: text/plain', '', 'I confirm the order.', '--b', 'Content-Type: application/pgp-signature; name="signature.asc"', '',
    '-----BEGIN PGP SIGNATURE-----', '', 'iHUEABYIAB0WIQRrMey1OSZRKUG8KWtJSpu4S/nMzgUCawMbRQAKCRBJSpu4S/nM',
    'zsy+AP9mFMnhm6FziclNX5IRAsugzPDyyqJMZdpJxjDq3SB2iAEAyKp4B9TIrCm8',
    'z/V/dgGauBTEtizm1fsRqZC8ERLJrQM=', '=y/hO', '-----END PGP SIGNATURE-----', '--b--'].join('\r\n')
  const pgpType = 'Content-Type: multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary=b'
  await fromAnn([orders], [`To: ${orders}`, 'Subject: signed', pgpType], pgp)
  const signed = await atShop()
  hasNothingOfHers(signed)
  expect(bodyOf(signed)).toBe(`${pgp}\r\n`)

  // An invitation comes as it was sent; her answer names the alias as the guest.
  const invitation = ['BEGIN:VCALENDAR', 'METHOD:REQUEST', 'BEGIN:VEVENT', 'UID:7', 'ORGANIZER:mailto:orders@shop.example',
    `ATTENDEE:mailto:${alias.address}`, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n')
  await fromShop([`To: ${alias.address}`, 'Subject: Fitting', 'Content-Type: text/calendar; method=REQUEST'], invitation)
  expect(bodyOf(await atHome())).toBe(`${invitation}\r\n`)
  const answer = invitation.replace('REQUEST', 'REPLY').replace(`ATTENDEE:mailto:${alias.address}`, `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${inbox}`)
  await fromAnn([orders], [`To: ${orders}`, 'Subject: Accepted: Fitting', 'Content-Type: text/calendar; method=REPLY'], answer)
  const answered = await atShop()
  hasNothingOfHers(answered)
  expect(bodyOf(answered)).toContain(`ATTENDEE;PARTSTAT=ACCEPTED:mailto:${alias.address}\r\nEND:VEVENT`)

  // 8-bit text; then a correspondent whose address needs SMTPUTF8.
  await fromAnn([orders], [
    `To: ${orders}`, 'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit',
  ], 'Grüße aus Köln', 'BODY=8BITMIME')
  const eightBit = await atShop()
  expect(eightBit.parameters).toContain('BODY=8BITMIME')
  expect(Buffer.from(bodyOf(eightBit), 'latin1').toString('utf8')).toBe('Grüße aus Köln\r\n')
  const greeting = text(['From: Büro <büro@shop.example>', 'Subject: Grüße', 'Message-ID: <5@shop.example>'], 'Hallo')
  await say(mail.port, 'büro@shop.example', [alias.address], greeting, 'SMTPUTF8')
  const office = addressIn(fieldOf(await atHome(), 'From'))
  await fromAnn([office], [`To: Büro <${office}>`, 'Subject: Re: Grüße', 'In-Reply-To: <5@shop.example>'], 'Hallo', 'SMTPUTF8')
  const utf8 = await atShop()
  expect(utf8.parameters).toContain('SMTPUTF8')
  expect(Buffer.from(unfolded(utf8), 'latin1').toString('utf8')).toContain('To: büro@shop.example\r\nSubject: Re: Grüße\r\n')

  // What the shop's server refuses, her own server tells her, in our words.
  shop.script({ rcpt: '550 5.1.1 <orders@shop.example> no such user here' })
  await fromAnn([orders], [`To: ${orders}`, 'Subject: too late'], 'Hello?')
  const bounce = await atHome()
  expect(bounce.reversePath).toBe('')
  expect(bounce.bytes.toString()).toMatch(/Diagnostic-Code: smtp; 550 5\.1\.1 The correspondent's server refused it:\s+\(address\) no such user here/)
})
