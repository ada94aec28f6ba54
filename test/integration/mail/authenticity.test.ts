// E: what becomes of mail whose sender is proven, is not, or cannot be asked about. Real SMTP, a real DNS server, messages signed by other hosts' keys.
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../../src/clock.ts'
import { createDatabase } from '../../support/database.ts'
import { openDnsServer, type DnsServer } from '../../support/dns-server.ts'
import { openMailProcess, type MailProcess } from '../../support/mail-process.ts'
import { createFakeClock } from '../../support/fake-clock.ts'
import { listHeldRows } from '../../support/mail-rows.ts'
import { openNextHop, type NextHop, type Script } from '../../support/next-hop.ts'
import { openSender } from '../../support/sender.ts'
import { createSigner, keyName, publish, sealed, signed } from '../../support/signed.ts'

const { db, url } = await createDatabase()

const bank = createSigner('bank.example')
const evil = createSigner('evil.example')
const list = createSigner('list.example')

type Scene = {
  readonly dns: DnsServer
  readonly hop: NextHop
  readonly mail: MailProcess
  readonly send: (message: string, from?: string) => Promise<string>
  /** Our Authentication-Results on the latest copy that the inbox got. */
  readonly found: () => string
}

let names = 0

/** bank.example sends from 192.0.2.9 only and signs; evil.example sends from here and signs. */
type Options = { readonly env?: Record<string, string>; readonly script?: Script; readonly clock?: Clock }

async function open(policy = 'p=reject', options: Options = {}): Promise<Scene> {
  const dns = await openDnsServer()
  const hop = await openNextHop(options.script ?? {})
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const mail = await openMailProcess(url, {
    relay: hop.url, env: { BURNBOX_DNS: dns.address, ...options.env }, ...options.clock && { clock: options.clock },
  })
  const alias = await mail.alias(await mail.account(`judged${++names}`))
  dns.set('bank.example', 'TXT', 'v=spf1 ip4:192.0.2.9 -all')
  dns.set('evil.example', 'TXT', 'v=spf1 ip4:127.0.0.1 -all')
  if (policy !== '') dns.set('_dmarc.bank.example', 'TXT', `v=DMARC1; ${policy}`)
  for (const signer of [bank, evil, list]) publish(dns, signer)
  return {
    dns, hop, mail,
    send: async (message, from = 'x@evil.example') => (await mail.send({ to: alias.address, message, from })).dot,
    found: () => ourResults(hop)[0] ?? '',
  }
}

const ourResults = (hop: NextHop): string[] => {
  const bytes = hop.accepted.at(-1)?.bytes.toString('latin1') ?? ''
  const header = bytes.slice(0, bytes.indexOf('\r\n\r\n')).replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')
  return header.filter((line) => /^authentication-results: *burn\.example/i.test(line))
}

const letter = (from = 'Bank <info@bank.example>', header = '', body = 'Hello'): string =>
  [`From: ${from}`, 'To: you@burn.example', 'Subject: Your account', 'Date: Thu, 01 Jan 2026 00:00:00 +0000', 'Message-ID: <1@bank.example>',
    `${header}\r\n${body}\r\n`].join('\r\n')

const refused = /^550 5\.7\.1 Message not accepted/
const comeAgain = /^451 4\.4\.3 /
const accepted = /^250 /

describe('DMARC says', () => {
  test('E06 a signature of the domain is enough, whatever SPF says', async () => {
    const { send, found } = await open()
    expect(await send(await signed(letter(), bank), 'x@bank.example')).toMatch(accepted)
    expect(found()).toContain('spf=fail smtp.mailfrom=bank.example; dkim=pass header.d=bank.example header.s=s1; '
      + 'dmarc=pass policy.dmarc=reject header.from=bank.example')
  })

  test('E07 an SPF pass of another domain proves nothing: refused, and the owner can see it', async () => {
    const { send, hop, mail } = await open()
    expect(await send(letter())).toMatch(refused)
    expect(hop.arrived).toEqual([])
    expect((await mail.activity()).at(-1)).toMatchObject({ kind: 'refused', reason: 'unauthentic', sender: 'Bank <info@bank.example>' })
  })

  test('E08 p=quarantine: held with its reason, never forwarded', async () => {
    const { send, hop } = await open('p=quarantine')
    expect(await send(letter())).toMatch(accepted)
    expect(hop.arrived).toEqual([])
    expect((await listHeldRows(db)).at(-1)).toMatchObject({ reason: 'unauthentic' })
    const { authentication } = await db.selectFrom('messages').select('authentication').orderBy('id', 'desc').executeTakeFirstOrThrow()
    expect(authentication).toContain('dmarc=fail policy.dmarc=quarantine header.from=bank.example')
  })

  test('p=none and no record: forwarded, with what was found', async () => {
    const none = await open('p=none')
    expect(await none.send(letter())).toMatch(accepted)
    expect(none.found()).toContain('dmarc=fail policy.dmarc=none')
    const nothing = await open('')
    expect(await nothing.send(letter())).toMatch(accepted)
    expect(nothing.found()).toContain('dmarc=none header.from=bank.example')
  })

  test.each([
    ['adkim=s', 'x@evil.example', true], ['aspf=s', 'x@sub.bank.example', false],
  ] as const)('E10 %s: a sub-domain is not the domain', async (mode, from, isSigned) => {
    const { dns, send } = await open(`p=reject; ${mode}`)
    const sub = createSigner('sub.bank.example')
    publish(dns, sub)
    dns.set('sub.bank.example', 'TXT', 'v=spf1 ip4:127.0.0.1 -all')
    const message = isSigned ? await signed(letter(), sub) : letter()
    expect(await send(message, from)).toMatch(refused)
  })

  test('E10 relaxed, a sub-domain is enough', async () => {
    const { dns, send } = await open('p=reject')
    dns.set('sub.bank.example', 'TXT', 'v=spf1 ip4:127.0.0.1 -all')
    expect(await send(letter(), 'x@sub.bank.example')).toMatch(accepted)
  })

  test('the null reverse-path is judged by HELO', async () => {
    const { dns, send, found } = await open()
    dns.set('mail.shop.example', 'TXT', 'v=spf1 ip4:127.0.0.1 -all')
    expect(await send(letter(), '')).toMatch(refused)
    expect(await send(letter('a@mail.shop.example'), '')).toMatch(accepted)
    expect(found()).toContain('spf=pass smtp.helo=mail.shop.example')
  })
})

describe('E05 forged (after espoofer): none passes for the victim', () => {
  const cases: readonly (readonly [what: string, message: () => string | Promise<string>, from: string])[] = [
    ['A1 HELO proves, the reverse-path is the victim’s', () => letter(), 'x@bank.example'],
    ['A2 a name with a bracket in the reverse-path', () => letter(), '"x@evil.example("@bank.example'],
    ['A4 a signature of a sub-domain that is none', async () => signed(letter(), { ...evil, domain: 'nothing.bank.example' }), 'x@evil.example'],
    ['A5 d= is the victim, with a key elsewhere', async () => signed(letter(), { ...evil, domain: 'bank.example', selector: 'x.evil.example' }),
      'x@evil.example'],
    ['A6 a forged Authentication-Results', () => letter(undefined, 'Authentication-Results: burn.example; dmarc=pass header.from=bank.example\r\n'),
      'x@evil.example'],
    ['A8 another From under the signature', async () => (await signed(letter('x@evil.example'), evil)).replace('From: x@evil', 'From: info@bank'),
      'x@evil.example'],
    ['A10 a space behind the name', () => letter().replace('From: ', 'From : '), 'x@evil.example'],
    ['A12 a quoted local-part with an address', () => letter('"x@evil.example"@bank.example'), 'x@evil.example'],
    ['A15 a comment', () => letter('info@bank.example (x@evil.example)'), 'x@evil.example'],
    ['A17 upper case and a final dot', () => letter('info@BANK.example.'), 'x@evil.example'],
    ['an encoded word with another address', () => letter('=?utf-8?Q?x=40evil.example?= <info@bank.example>'), 'x@evil.example'],
    ['A1 the null reverse-path, proven by HELO', () => letter(), ''],
    ['A3 a sub-domain of the victim that does not exist', () => letter(), 'x@nothing.bank.example'],
    ['A4 NUL in a selector', async () => (await signed(letter(), evil)).replace('d=evil.example', 'd=bank.example').replace('s=s1', 's=s1.evil.example\0.x'),
      'x@evil.example'],
    ['A5 a bracket in d=', async () => signed(letter(), { ...evil, domain: 'bank.example(.evil.example' }).catch(() => letter()), 'x@evil.example'],
    ['A5 an apostrophe in d=', async () => (await signed(letter(), evil)).replace('d=evil.example', "d=bank.example'.evil.example"), 'x@evil.example'],
    ['A7 a bracket in the domain of the reverse-path', () => letter(), 'x@bank.example(.evil.example'],
    ['A9 a second From', () => letter(undefined, 'From: x@evil.example\r\n'), 'x@evil.example'],
    ['A9 a second From in front', () => `From: x@evil.example\r\n${letter()}`, 'x@evil.example'],
    ['A11 a fold before the colon', () => letter().replace('From: ', 'From\r\n : '), 'x@evil.example'],
    ['A13 two addresses', () => letter('x@evil.example, info@bank.example'), 'x@evil.example'],
    ['A14 a source route', () => letter('<@evil.example,@any.example:info@bank.example>'), 'x@evil.example'],
    ['A15 a quoted pair for the comma', () => letter('<info@bank.example>\\, <x@evil.example>'), 'x@evil.example'],
    ['A16 text behind the address', () => letter('<x@evil.example>info@bank.example'), 'x@evil.example'],
    ['A18 a list in a group', () => letter('bank.example: x@evil.example;'), 'x@evil.example'],
    ['A19 the whole address in an encoded word', () => letter('=?utf-8?B?aW5mb0BiYW5rLmV4YW1wbGU=?='), 'x@evil.example'],
  ]
  test.each(cases)('E05 %s', async (_, message, from) => {
    const { send, hop } = await open()
    // Some are refused before they can say their message.
    expect(await send(await message(), from).catch(() => '')).toMatch(/^(5|$)/)
    expect(hop.arrived).toEqual([])
  })
})

describe('E09 trouble with the DNS', () => {
  test.each(['SERVFAIL', 'REFUSED'] as const)('%s for what could still prove a p=reject: come again', async (how) => {
    const one = await open()
    one.dns.fail('bank.example', how, 'TXT')
    expect(await one.send(letter(), 'x@bank.example')).toMatch(comeAgain)
    const two = await open()
    two.dns.fail(keyName(bank), how)
    expect(await two.send(await signed(letter(), bank))).toMatch(comeAgain)
    expect(two.hop.arrived).toEqual([])
  })

  test('silence: come again after 2 s', async () => {
    const { dns, send } = await open()
    dns.fail(keyName(bank), 'silence')
    expect(await send(await signed(letter(), bank))).toMatch(comeAgain)
  })

  test('for what could prove nothing: refused', async () => {
    const { dns, send } = await open()
    dns.fail('evil.example', 'SERVFAIL')
    expect(await send(letter())).toMatch(refused)
  })

  test('for the DMARC record: go on, never as a pass', async () => {
    const { dns, send, found } = await open()
    dns.fail('_dmarc.bank.example', 'SERVFAIL')
    expect(await send(letter())).toMatch(accepted)
    expect(found()).toContain('dmarc=temperror header.from=bank.example')
  })

  test('p=quarantine: held, which loses nothing', async () => {
    const { dns, send, hop } = await open('p=quarantine')
    dns.fail('bank.example', 'SERVFAIL', 'TXT')
    expect(await send(letter(), 'x@bank.example')).toMatch(accepted)
    expect(hop.arrived).toEqual([])
  })

  test('no DNS at all: mail flows', async () => {
    const { send, found } = await open('p=reject', { env: { BURNBOX_DNS: '127.0.0.1:1' } })
    expect(await send(letter())).toMatch(accepted)
    expect(found()).toContain('spf=temperror smtp.mailfrom=evil.example; dkim=none; dmarc=temperror')
  })
})

describe('E12 an SPF record that asks for much', () => {
  test.each([
    ['a loop of includes', (dns: DnsServer) => dns.set('evil.example', 'TXT', 'v=spf1 include:evil.example -all')],
    ['100 includes', (dns: DnsServer) => {
      for (let n = 0; n < 100; n++) dns.set(n === 0 ? 'evil.example' : `i${n}.evil.example`, 'TXT', `v=spf1 include:i${n + 1}.evil.example -all`)
    }],
    ['three empty look-ups', (dns: DnsServer) =>
      dns.set('evil.example', 'TXT', 'v=spf1 a:x1.evil.example a:x2.evil.example a:x3.evil.example ip4:127.0.0.1 -all')],
    ['11 look-ups', (dns: DnsServer) => asksFor(dns, 11)],
    ['an MX with 1,000 names', (dns: DnsServer) => {
      dns.set('evil.example', 'TXT', 'v=spf1 mx ip4:127.0.0.1 -all')
      dns.set('evil.example', 'MX', ...Array.from({ length: 1_000 }, (_, n) => `10 m${n}.evil.example`))
    }],
  ] as const)('E12 %s: permerror after a few questions', async (_, publishIt) => {
    const { dns, send, found } = await open('p=none')
    publishIt(dns)
    expect(await send(letter())).toMatch(accepted)
    expect(found()).toContain('spf=permerror')
    expect(dns.asked.filter((question) => question.includes('evil.example')).length).toBeLessThanOrEqual(12)
  })
})

test.each([
  ['10 look-ups', (dns: DnsServer) => asksFor(dns, 10)],
  ['two empty look-ups', (dns: DnsServer) => dns.set('evil.example', 'TXT', 'v=spf1 a:x1.evil.example a:x2.evil.example ip4:127.0.0.1 -all')],
] as const)('E12 %s are allowed', async (_, publishIt) => {
  const { dns, send, found } = await open('p=none')
  publishIt(dns)
  expect(await send(letter())).toMatch(accepted)
  expect(found()).toContain('spf=pass')
})

/** The last of so many look-ups is the one that would pass. */
function asksFor(dns: DnsServer, lookUps: number): void {
  const names = Array.from({ length: lookUps }, (_, n) => `a${n}.evil.example`)
  dns.set('evil.example', 'TXT', `v=spf1 ${names.map((name) => `a:${name}`).join(' ')} -all`)
  for (const name of names) dns.set(name, 'A', '192.0.2.77')
  dns.set(names.at(-1)!, 'A', '127.0.0.1')
}

describe('E11 RFC 9989', () => {
  const from = (address: string): string => letter(`Bank <${address}>`)

  test('np= is for names that do not exist, sp= for those that do', async () => {
    const { dns, send } = await open('p=none; sp=none; np=reject')
    dns.set('there.bank.example', 'A', '192.0.2.1')
    expect(await send(from('x@there.bank.example'))).toMatch(accepted)
    expect(await send(from('x@nothing.bank.example'))).toMatch(refused)
  })

  test('sp= rules a sub-domain, p= the domain', async () => {
    const { dns, send } = await open('p=none; sp=reject')
    dns.set('there.bank.example', 'A', '192.0.2.1')
    expect(await send(from('x@bank.example'))).toMatch(accepted)
    expect(await send(from('x@there.bank.example'))).toMatch(refused)
  })

  test('t=y asks for one step less: reject is held, quarantine goes on', async () => {
    const reject = await open('p=reject; t=y')
    expect(await reject.send(letter())).toMatch(accepted)
    expect(reject.hop.arrived).toEqual([])
    expect((await listHeldRows(db)).at(-1)).toMatchObject({ reason: 'unauthentic' })
    const quarantine = await open('p=quarantine; t=y')
    expect(await quarantine.send(letter())).toMatch(accepted)
    expect(quarantine.hop.accepted).toHaveLength(1)
  })

  test('the walk up the tree: the nearest record, at most 8 questions, and a suffix that speaks for its names', async () => {
    const { dns, send } = await open('p=reject')
    dns.set('_dmarc.example', 'TXT', 'v=DMARC1; p=reject; psd=y')
    dns.set('lone.example', 'A', '192.0.2.1')
    expect(await send(from('x@a.b.c.bank.example'))).toMatch(refused)
    dns.set('_dmarc.own.bank.example', 'TXT', 'v=DMARC1; p=none; psd=n')
    expect(await send(from('x@a.b.own.bank.example'))).toMatch(accepted)
    dns.asked.length = 0
    expect(await send(from(`x@${'l.'.repeat(30)}bank.example`))).toMatch(refused)
    expect(dns.asked.filter((question) => question.startsWith('TXT _dmarc.')).length).toBeLessThanOrEqual(8)
    expect(await send(from('x@lone.example'))).toMatch(refused)
  })

  test('pct= is no longer known: all of it counts', async () => {
    const { send } = await open('p=reject; pct=0')
    expect(await send(letter())).toMatch(refused)
  })
})

describe('E13, E14 signatures that prove too little', () => {
  const past = new Date(Date.now() - 86_400_000)
  test.each([
    ['E14 l= with text behind it', async () => `${await signed(letter(), bank, { maxBodyLength: 7 })}Click here: http://evil.example/\r\n`],
    ['E13 l=0', async () => signed(letter(), bank, { maxBodyLength: 0 })],
    ['E13 expired', async () => signed(letter(), bank, { signTime: new Date(past.getTime() - 1_000), expires: past })],
    ['E20 made ten days from now', async () => signed(letter(), bank, { signTime: new Date(Date.now() + 864_000_000) })],
  ] as const)('%s', async (_, message) => {
    const { send } = await open()
    expect(await send(await message())).toMatch(refused)
  })

  test('E20 made ten minutes from now: clocks differ', async () => {
    const { send } = await open()
    expect(await send(await signed(letter(), bank, { signTime: new Date(Date.now() + 600_000) }))).toMatch(accepted)
  })

  test.each([
    ['ten minutes fast', 600_000, accepted], ['ten minutes slow', -600_000, accepted],
    ['ten days fast: expired', 864_000_000, refused], ['ten days slow: not made yet', -864_000_000, refused],
  ] as const)('E20 our clock is %s', async (_, ms, verdict) => {
    const { send } = await open('p=reject', { clock: createFakeClock(new Date(Date.now() + ms)) })
    const soon = new Date(Date.now() + 86_400_000)
    expect(await send(await signed(letter(), bank, { signTime: new Date(), expires: soon }))).toMatch(verdict)
  })

  test('E13 a key of 512 bits', async () => {
    const { dns, send } = await open()
    const weak = createSigner('bank.example', { selector: 'weak', bits: 512 })
    publish(dns, weak)
    expect(await send(await signed(letter(), weak).catch(() => letter()))).toMatch(refused)
  })

  test('E13 of 100 signatures the first 10 count', async () => {
    const { dns, send, found } = await open('p=none')
    const fake = (n: number): string => `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=n${n}.example; s=s; h=from; bh=${'A'.repeat(43)}=; b=AAAA\r\n`
    const many = Array.from({ length: 100 }, (_, n) => fake(n)).join('')
    expect(await send(many + await signed(letter(), bank))).toMatch(accepted)
    expect(found().match(/dkim=/g)).toHaveLength(10)
    expect(dns.asked).not.toContain(`TXT ${keyName(bank)}`)
    expect(await send(await signed(letter(), bank) + '')).toMatch(accepted)
    expect(found()).toContain('dmarc=pass')
  })

  test('E13 1,000 signatures are refused for the size of the header, before anybody reads them', async () => {
    const { dns, send } = await open('p=none')
    const fake = (n: number): string => `DKIM-Signature: v=1; a=rsa-sha256; d=n${n}.example; s=s; h=from; bh=${'A'.repeat(43)}=; b=${'A'.repeat(43)}=\r\n`
    expect(await send(Array.from({ length: 1_000 }, (_, n) => fake(n)).join('') + letter())).toMatch(/^552 5\.3\.4 /)
    expect(dns.asked).toEqual([])
  })

  test('E13 a key of 16,384 bits costs no more than a look', async () => {
    const { dns, send } = await open()
    const modulus = Buffer.concat([Buffer.from([0x30, 0x82, 8, 10, 2, 0x82, 8, 1, 0]), Buffer.alloc(2_048, 0xc3), Buffer.from([2, 3, 1, 0, 1])])
    const spki = Buffer.concat([Buffer.from('3082082230' + '0d06092a864886f70d01010105000382080f00', 'hex'), modulus])
    dns.set(keyName(bank), 'TXT', `v=DKIM1; k=rsa; p=${spki.toString('base64')}`.match(/.{1,250}/g)!)
    expect(await send((await signed(letter(), bank)).replace(/\bb=[^;]*?(?=\r\nFrom:)/, `b=${'A'.repeat(2_732)}`))).toMatch(refused)
  })

  test('E13 60 ARC sets are looked at without harm', async () => {
    const { send } = await open()
    const set = (n: number): string => `ARC-Seal: i=${n}; a=rsa-sha256; cv=${n === 1 ? 'none' : 'pass'}; d=list.example; s=s1; b=AAAA\r\n`
      + `ARC-Message-Signature: i=${n}; a=rsa-sha256; c=relaxed/relaxed; d=list.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n`
      + `ARC-Authentication-Results: i=${n}; list.example; dmarc=pass\r\n`
    const sets = Array.from({ length: 60 }, (_, n) => set(60 - n)).join('')
    expect(await send(sets + letter())).toMatch(refused)
    expect(await send(sets + await signed(letter(), bank))).toMatch(accepted)
  })
})

test.each([
  ['two records', (dns: DnsServer) => dns.set(keyName(bank), 'TXT', 'v=DKIM1; p=', 'v=DKIM1; p=AAAA')],
  ['10 KB', (dns: DnsServer) => dns.set(keyName(bank), 'TXT', Array.from({ length: 40 }, () => 'x'.repeat(250)))],
  ['revoked', (dns: DnsServer) => dns.set(keyName(bank), 'TXT', 'v=DKIM1; k=rsa; p=')],
  ['garbage', (dns: DnsServer) => dns.set(keyName(bank), 'TXT', '\u0000\u0001;;=;p=====', '((((')],
] as const)('E15 a key record that is none (%s) is a fail, not a fault', async (_, spoil) => {
  const { dns, send } = await open()
  spoil(dns)
  expect(await send(await signed(letter(), bank))).toMatch(refused)
})

describe('ARC of those we trust', () => {
  const changed = async (): Promise<string> => sealed((await signed(letter(), bank)).replace('Hello', 'Hello\r\n-- \r\nThe list'), list,
    'dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example')

  test('turns a reject into a pass', async () => {
    const { send, found } = await open('p=reject', { env: { BURNBOX_ARC_TRUSTED: 'list.example' } })
    expect(await send(await changed())).toMatch(accepted)
    expect(found()).toContain('arc=pass header.d=list.example; dmarc=fail')
  })

  test('of others, or broken since, it does not', async () => {
    const other = await open('p=reject', { env: { BURNBOX_ARC_TRUSTED: 'other.example' } })
    expect(await other.send(await changed())).toMatch(refused)
    const { send } = await open('p=reject', { env: { BURNBOX_ARC_TRUSTED: 'list.example' } })
    expect(await send((await changed()).replace('The list', 'The lust'))).toMatch(refused)
    expect(await send(await sealed(letter(), evil, 'dmarc=pass header.from=bank.example'))).toMatch(refused)
    expect(await send(await sealed(letter(), list, 'dmarc=fail header.from=bank.example'))).toMatch(refused)
  })

  test('whose key cannot be asked for: come again', async () => {
    const { dns, send } = await open('p=reject', { env: { BURNBOX_ARC_TRUSTED: 'list.example' } })
    dns.fail(keyName(list), 'SERVFAIL')
    expect(await send(await changed())).toMatch(comeAgain)
  })
})

describe('E18 Authentication-Results on the forwarded copy', () => {
  test('one is ours, on top; forged ones are gone; no inbox in it', async () => {
    const { send, hop } = await open()
    const forged = 'Authentication-Results: burn.example; dmarc=pass header.from=evil.example\r\nAuthentication-Results: other.example; spf=pass\r\n'
    expect(await send(await signed(letter(undefined, forged), bank), 'owner@home.example')).toMatch(accepted)
    expect(ourResults(hop)).toHaveLength(1)
    const copy = hop.accepted.at(-1)!.bytes.toString()
    expect(copy).toMatch(/^Received: [^\r]*\r\n(?:[ \t][^\r]*\r\n)*Authentication-Results: burn\.example; /m)
    expect(copy).toContain('Authentication-Results: other.example; spf=pass')
    expect(copy).not.toContain('owner@home.example')
  })

  test('it is on the copy that is delivered later as well', async () => {
    let away = true
    const { send, hop, found } = await open('p=reject', { script: { mail: () => (away ? '451 4.3.0 later' : '250 2.1.0 Ok') } })
    expect(await send(await signed(letter(), bank))).toMatch(accepted)
    expect(hop.accepted).toEqual([])
    away = false
    await db.updateTable('deliveries').set({ next_attempt_at: new Date(0) }).execute()
    await expect.poll(() => hop.accepted.length, { timeout: 20_000 }).toBe(1)
    expect(found()).toContain('dmarc=pass policy.dmarc=reject header.from=bank.example')
  })
})

test('a large message is verified in another thread, to the same result', async () => {
  const { send, found } = await open()
  const body = `${'x'.repeat(76)}\r\n`.repeat(30_000)
  const whole = await signed(letter(undefined, '', body), bank)
  expect(await send(whole)).toMatch(accepted)
  expect(found()).toContain('dmarc=pass policy.dmarc=reject')
  expect(await send(whole.replace('xxx\r\nxxx', 'xxx\r\nyxx'))).toMatch(refused)
})

test('mail to a VERP address is never judged', async () => {
  const { mail, hop, send, dns } = await open()
  expect(await send(await signed(letter(), bank))).toMatch(accepted)
  const verp = hop.accepted.at(-1)!.reversePath
  dns.asked.length = 0
  const sender = await openSender(mail.port)
  await sender.say('MAIL FROM:<>')
  expect(await sender.say(`RCPT TO:<${verp}>`)).toMatch(accepted)
  await sender.say('DATA')
  expect(await sender.dot(letter())).toMatch(accepted)
  sender.close()
  expect(dns.asked).toEqual([])
})

test.each([
  ['BURNBOX_BENCH_BARE', { BURNBOX_BENCH_BARE: 'true' }], ['a loopback client of a host without a domain', { BURNBOX_DOMAIN: '' }],
])('%s: not looked at', async (_, env) => {
  const { dns, hop, send } = await open('p=reject', { env })
  expect(await send(letter())).toMatch(accepted)
  expect(dns.asked).toEqual([])
  expect(hop.accepted.at(-1)!.bytes.toString()).toMatch(/^Authentication-Results: burn\.(?:example|localhost); none\r$/m)
})
