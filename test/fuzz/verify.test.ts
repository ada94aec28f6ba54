// What strangers and their name servers say about who they are: nothing of it stops a process, costs more than its time, or is taken for more than it is.
import { Buffer } from 'node:buffer'
import { isIP, isIPv4 } from 'node:net'
import { Readable } from 'node:stream'
import { encode, type Answer } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { nextArcSet } from '../../src/mail/arc.ts'
import { parseReversePath } from '../../src/mail/address.ts'
import { contentInMemory } from '../../src/mail/content.ts'
import { dkimSignature, signedFields, type SignatureFacts } from '../../src/mail/dkim.ts'
import { dotStuffed } from '../../src/mail/dot-stuffing.ts'
import { endOfFields, formatField, parseFields, valueOf } from '../../src/mail/header.ts'
import { addressOctets, isPublicAddress } from '../../src/mail/ip-address.ts'
import { orderExchanges } from '../../src/mail/mx.ts'
import { authenticationResults } from '../../src/policy/authentication-results.ts'
import { judge, type Authentication, type CheckResult } from '../../src/policy/judge.ts'
import { rewriteHeader } from '../../src/policy/rewrite.ts'
import { worthSealing } from '../../src/policy/seal.ts'
import { createVerifier } from '../../src/verify/authenticate.ts'
import { createResolver, DnsError, type Resolve } from '../../src/verify/resolver.ts'
import type { Mailbox } from '../../src/mail/address.ts'
import { openDnsSocket } from '../support/dns-socket.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { hostileHeader, hostileValue, megabytes, seeded } from './hostile.ts'

const text = fc.oneof(hostileValue, fc.string({ unit: 'binary', maxLength: 40 }))

describe('name servers', () => {
  const types = ['A', 'AAAA', 'TXT', 'MX', 'CNAME', 'PTR'] as const
  const isGood: Readonly<Record<(typeof types)[number], (record: unknown) => boolean>> = {
    A: (record) => isIPv4(record as string), AAAA: (record) => isIP(record as string) === 6,
    TXT: (record) => Array.isArray(record) && record.every((one) => typeof one === 'string'),
    MX: (record) => typeof (record as { exchange?: unknown }).exchange === 'string' && Number.isInteger((record as { priority?: unknown }).priority),
    CNAME: (record) => typeof record === 'string', PTR: (record) => typeof record === 'string',
  }
  const answersOf = (name: string): Answer[] => [
    { name, type: 'A', ttl: 60, data: '192.0.2.1' }, { name, type: 'AAAA', ttl: 60, data: '2001:db8::1' },
    { name, type: 'TXT', ttl: 60, data: ['v=spf1', 'x'] }, { name, type: 'MX', ttl: 60, data: { preference: 10, exchange: `mx.${name}` } },
    { name, type: 'PTR', ttl: 60, data: `ptr.${name}` }, { name, type: 'CNAME', ttl: 60, data: `other.${name}` },
  ]

  /** What becomes of a good answer: octets changed, cut off or added; or noise; with its id and question left as they were most of the time. */
  type Spoil = { readonly keeps: number; readonly edits: readonly (readonly [at: number, octet: number])[]; readonly cut: number; readonly more: Uint8Array }
  const spoil: fc.Arbitrary<Spoil> = fc.record({
    keeps: fc.constantFrom(0, 2, 12, 12, 40, 40),
    edits: fc.array(fc.tuple(fc.nat(400), fc.constantFrom(0, 1, 0xc0, 0xff, 0x3f, 0x0c, 5, 16)), { maxLength: 12 }),
    cut: fc.oneof(fc.constant(1_000), fc.nat(300)), more: fc.uint8Array({ maxLength: 40 }),
  })
  const spoilt = (packet: Buffer, { keeps, edits, cut, more }: Spoil): Buffer => {
    const bytes = Buffer.from(packet)
    for (const [at, octet] of edits) if (at >= keeps && at < bytes.length) bytes[at] = octet
    return Buffer.concat([bytes.subarray(0, Math.max(keeps, cut)), more])
  }

  test.each(['UDP', 'TCP'] as const)('no answer over %s stops the resolver; what it gives is of the type that was asked for', async (way) => {
    const spoils = fc.sample(spoil, { seed: 41, numRuns: 600 })
    const socket = await openDnsSocket((bytes, overUdp, send) => {
      const label = bytes.toString('latin1', 13, 13 + bytes[12]!)
      const question = { name: `${label}.example`, type: types[Number(label.slice(1)) % types.length]! }
      const base = { type: 'response' as const, id: bytes.readUInt16BE(0), questions: [question] }
      if (overUdp && way === 'TCP') return send(encode({ ...base, flags: 0x8200 }))
      send(spoilt(encode({ ...base, answers: answersOf(question.name) }), spoils[Number(label.slice(1))]!))
    })
    onTestFinished(socket.close)
    const resolve = createResolver([socket.address], createFakeClock())
    const ends = await Promise.allSettled(spoils.map((_, n) => resolve(`n${n}.example`, types[n % types.length]!)))
    for (const [n, end] of ends.entries()) {
      if (end.status === 'rejected') expect(end.reason, `${n}`).toBeInstanceOf(DnsError)
      else expect((end.value as readonly unknown[]).every(isGood[types[n % types.length]!]), `${n}: ${JSON.stringify(end.value)}`).toBe(true)
    }
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true)
  })

  test('names that point at each other, and 4,000 records, end', async () => {
    const loop = Buffer.concat([Buffer.from('c00cc00cc010c00e', 'hex'), Buffer.alloc(1_100, Buffer.from([0xc0, 0x0c]))])
    const socket = await openDnsSocket((bytes, overUdp, send) => {
      const question = bytes.subarray(12, bytes.indexOf(0, 12) + 5)
      const header = Buffer.from(bytes.subarray(0, 12))
      header.writeUInt16BE(overUdp ? 0x8380 : 0x8180, 2)
      header.writeUInt16BE(0xffff, 6)
      header.writeUInt16BE(0, 10)
      const record = Buffer.from('c00c000100010000003c0004c0000201', 'hex')
      const isLoop = question.toString('latin1').includes('loop')
      send(Buffer.concat([header, question, ...isLoop ? [loop] : overUdp ? [] : Array.from({ length: 4_000 }, () => record)]))
    })
    onTestFinished(socket.close)
    const resolve = createResolver([socket.address], createFakeClock())
    for (const name of ['loop.example', 'many.example']) await expect(resolve(name, 'A')).rejects.toBeInstanceOf(DnsError)
  })
})

describe('a message and the records about it', () => {
  const tags = fc.array(fc.constantFrom(
    'v=1', 'v=DKIM1', 'v=spf1', 'v=DMARC1', 'a=rsa-sha256', 'a=ed25519-sha256', 'k=rsa', 'k=ed25519', 'p=', 'p=AAAA', 'p=reject', 'sp=none', 'np=x', 't=y',
    'psd=y', 'adkim=s', 'd=shop.example', 's=s1', 'h=from', 'h=', 'bh=AAAA', 'b=AAAA', 'b=', 'i=1', 'i=2', 'i=99', 'cv=none', 'cv=pass', 'l=1', 'l=-1', 'x=1',
    't=99999999999', 'c=relaxed/simple', 'c=x', 'include:shop.example', 'a', 'mx', 'ptr', 'exists:%{i}.%{d}', 'redirect=shop.example', 'ip4:x', 'ip6:::',
    '+all', '-all', '%{', '%{s1000000000r}', ';', '=', '\u0000', '(', '"', '\u00ff',
  ), { maxLength: 14 }).map((parts) => parts.join('; '))
  const record = fc.oneof(tags, tags.map((one) => one.replaceAll(';', '')), text)
  const name = fc.constantFrom('DKIM-Signature', 'ARC-Seal', 'ARC-Message-Signature', 'ARC-Authentication-Results', 'From', 'Authentication-Results')
  const field = fc.tuple(name, record)
    .map(([title, value]) => `${title}: ${value.replace(/[\r\n]/g, '')}\r\n`)

  test('whatever they say it comes to facts', async () => {
    const verifier = createVerifier(((...[, type]: [string, string]) => {
      const all = fc.sample(record, { seed: answers += 1, numRuns: 2 })
      if (type === 'TXT') return Promise.resolve(all.map((one) => [one]))
      return type === 'MX' ? Promise.resolve(all.map((exchange) => ({ exchange, priority: 1 }))) : Promise.resolve(all)
    }) as Resolve)
    let answers = 0
    onTestFinished(verifier.close)
    await fc.assert(fc.asyncProperty(fc.array(field, { maxLength: 8 }), text, text, text, async (fields, helo, sender, body) => {
      const bytes = Buffer.from(`${fields.join('')}From: a@shop.example\r\n\r\n${body}`)
      const facts = await verifier.authenticate(
        { clientIp: '192.0.2.1', helo, reversePath: sender === '' ? '' : `a@${sender}`, from: 'a@shop.example', now: new Date(0) },
        contentInMemory(bytes, endOfFields(bytes), true),
      )
      const value = authenticationResults('burn.example', facts)
      expect(value).toMatch(/^burn\.example; spf=[a-z]+/)
      expect(facts.dkim.every(({ result }) => result !== 'pass')).toBe(true)
      expect(facts.arc.result).not.toBe('pass')
    }), seeded(42, 1_500))
  })
})

const result = fc.constantFrom<CheckResult>('pass', 'fail', 'softfail', 'neutral', 'none', 'policy', 'temperror', 'permerror')
const domain = fc.oneof(fc.constantFrom('shop.example', 'burn.example', '', 'a.b'), text)
const facts: fc.Arbitrary<Authentication> = fc.record({
  fromDomain: domain,
  spf: fc.record({ result, domain, identity: fc.constantFrom('mailfrom' as const, 'helo' as const), aligned: fc.boolean() }),
  dkim: fc.array(fc.record({ result, domain, selector: text, aligned: fc.boolean() }), { maxLength: 20 }),
  arc: fc.record({
    result: fc.constantFrom('none' as const, 'pass' as const, 'fail' as const, 'temperror' as const), sealers: fc.array(domain), saysPass: fc.boolean(),
  }),
  dmarc: fc.record({ result, policy: fc.constantFrom('none' as const, 'quarantine' as const, 'reject' as const, undefined) }),
})

test('our Authentication-Results is of the grammar of RFC 8601, in one field, and names no mailbox', () => {
  const property = String.raw` (?:smtp\.(?:mailfrom|helo)|header\.[dsfrom]+|policy\.dmarc)=[\w-]+(?:\.[\w-]+)*`
  const grammar = new RegExp(`^burn\\.example(?:; (?:spf|dkim|arc|dmarc)=[a-z]+(?:${property})*)+$`)
  fc.assert(fc.property(facts, (one) => {
    const value = authenticationResults('burn.example', one)
    expect(value).toMatch(grammar)
    expect(value.match(/dkim=/g)?.length).toBeLessThanOrEqual(10)
    const fields = parseFields(formatField('Authentication-Results', value))
    expect(fields.map(valueOf)).toEqual([value])
    const signed = one.arc.result === 'none' && one.dkim.slice(0, 10).some((dkim) => dkim.result === 'pass')
    expect(worthSealing(value)?.chain).toBe(one.arc.result === 'pass' ? 'pass' : signed ? 'none' : undefined)
  }), seeded(43, 3_000))
})

test('a message that its domain wants refused is taken only with a DMARC pass or the word of one we trust', () => {
  fc.assert(fc.property(facts, fc.array(domain), (one, trusted) => {
    const { kind } = judge(one, trusted)
    if (one.dmarc.policy !== 'reject' || one.dmarc.result === 'pass') return
    const { result: chain, saysPass, sealers } = one.arc
    const isTrusted = chain === 'pass' && saysPass && sealers.length > 0 && sealers.every((sealer) => trusted.includes(sealer))
    expect(kind).toBe(isTrusted ? 'pass' : 'refuse')
  }), seeded(44, 3_000))
})

test('whatever stands around our name in a forged Authentication-Results, it goes', () => {
  const air = fc.array(fc.constantFrom(' ', '\t', '\r\n ', '(x)', '(a (nested) one)', '(burn.example; \\) x)', '(mx.example;)'), { maxLength: 4 })
    .map((all) => all.join(''))
  const name = fc.constantFrom('burn.example', 'BURN.Example', '"burn.example"', 'burn.example.', '"burn\\.example"', '" burn.example "')
  const end = fc.constantFrom(';', ' 1;', ' 1 ;', ' ;', '(x);', '')
  fc.assert(fc.property(air, name, air, end, (before, authservId, after, rest) => {
    const header = parseFields(Buffer.from(`Authentication-Results:${before}${authservId}${after}${rest} dmarc=pass\r\nFrom: a@shop.example\r\n`))
    const out = rewriteHeader(header, {
      alias: 'x@burn.example' as Mailbox, received: Buffer.alloc(0), isOwn: () => false, reverseAliasOf: () => undefined, authservIds: ['burn.example'],
      ifAbsent: { date: new Date(0), messageId: 'x@burn.example' },
    }).toString()
    expect(out).not.toMatch(/^authentication-results/im)
  }), seeded(45, 3_000))
})

test('signatures and seals of any header are one field each, with lines that fit', () => {
  const at = new Date(0)
  fc.assert(fc.property(hostileHeader, fc.constantFrom('none' as const, 'pass' as const), hostileValue, (header, chain, found) => {
    const fields = parseFields(Buffer.from(header))
    const made: SignatureFacts = {
      algorithm: 'rsa-sha256', domain: 'burn.example', selector: 's', at, fields: signedFields(fields), bodyHash: Buffer.alloc(32),
    }
    const set = nextArcSet(fields, { chain, authenticationResults: found.replace(/[\0\r\n]/g, '') }, made)
    const signature = Buffer.alloc(256, 7)
    const messageSignature = set?.messageSignature.signed(signature)
    const all = [dkimSignature(made).signed(signature), ...set && messageSignature
      ? [set.results.raw, messageSignature, set.seal({ name: 'arc-message-signature', raw: messageSignature }).signed(signature)] : []]
    for (const one of all) {
      expect(parseFields(one)).toHaveLength(1)
      expect(one.toString('latin1')).toMatch(/^(?:DKIM-Signature|ARC-[A-Za-z-]+):(?:[^\r\n]{1,998}\r\n[ \t])*[^\r\n]{1,998}\r\n$/)
    }
    expect(set === undefined || chain === 'none').toBe(true)
  }), seeded(46, 3_000))
})

test('mail servers: names of hosts alone, best first, never ourselves or what comes after us', () => {
  const exchange = fc.oneof(text, fc.constantFrom(
    'mx.shop.example', 'MX2.shop.example.', '', '.', 'burn.example', '127.0.0.1', 'a..b', '[192.0.2.1]', 'xn--', 'm\u00fcller.example',
  ))
  const some = fc.array(fc.record({ exchange, priority: fc.nat(100) }), { minLength: 1, maxLength: 60 })
  fc.assert(fc.property(some, fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })), (records, dice) => {
    const order = orderExchanges(records, (name) => name === 'burn.example', () => dice.next().value as number)
    if (order.kind !== 'exchanges') return
    expect(order.names.length).toBeLessThanOrEqual(20)
    expect(new Set(order.names).size).toBe(order.names.length)
    const ours = Math.min(...records.filter((one) => one.exchange.toLowerCase().replace(/\.$/, '') === 'burn.example').map(({ priority }) => priority))
    const best = (name: string): number =>
      Math.min(...records.filter((one) => one.exchange.replace(/\.$/, '').toLowerCase() === name).map(({ priority }) => priority))
    // Other spellings than ASCII are names too, by UTS 46.
    const plain = order.names.filter((name) => Number.isFinite(best(name)))
    expect(plain.every((name) => best(name) < ours)).toBe(true)
    expect(plain.map(best)).toEqual(plain.map(best).toSorted((a, b) => a - b))
    for (const name of order.names) expect(name).toMatch(/^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?)+$/)
  }), seeded(47, 3_000))
})

test('reverse-paths and addresses of hosts', () => {
  fc.assert(fc.property(text, (value) => {
    const path = parseReversePath(value)
    expect(path?.kind === 'null').toBe(value === '')
    if (path?.kind === 'mailbox') expect(parseReversePath(path.mailbox)).toEqual(path)
    if (addressOctets(value) === undefined) expect(isPublicAddress(value)).toBe(false)
  }), seeded(48, 3_000))
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
    const octets = addressOctets(address)!
    expect(octets).toHaveLength(isIPv4(address) ? 4 : 16)
    const group = (n: number): string => (octets[2 * n]! * 256 + octets[2 * n + 1]!).toString(16)
    const again = octets.length === 4 ? octets.join('.') : Array.from({ length: 8 }, (_, n) => group(n)).join(':')
    expect(addressOctets(again)).toEqual(octets)
    expect(isPublicAddress(again)).toBe(isPublicAddress(address))
  }), seeded(49, 3_000))
})

test('dots are stuffed so that a server reads what was written, in whatever pieces it comes', () => {
  const body = fc.array(fc.constantFrom('.', '..', 'a', '\r\n', '\r\n.', '\r\n.\r\n', '\r\n..', '. ', '\u00fc'), { maxLength: 40 }).map((all) => all.join(''))
  fc.assert(fc.property(body, fc.integer({ min: 1, max: 7 }), (one, size) => {
    const bytes = Buffer.from(one)
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
    const wire = Buffer.concat(dotStuffed(pieces)).toString()
    const end = wire.startsWith('.\r\n') ? 0 : wire.indexOf('\r\n.\r\n') + 2
    expect(wire.slice(end)).toBe('.\r\n')
    const read = wire.slice(0, end).replace(/^\./, '').replaceAll('\r\n.', '\r\n')
    expect(read).toBe(one === '' || one.endsWith('\r\n') ? one : `${one}\r\n`)
  }), seeded(50, 5_000))
})

// The header that the ingress lets through, and a body of 1 MB.
describe('they come to their end', () => {
  test.each(megabytes)('%j', async (_, megabyte) => {
    const verifier = createVerifier((async (name: string, type: string) => { throw new DnsError('ENOTFOUND', name, type) }) as Resolve)
    onTestFinished(verifier.close)
    const hostile = megabyte.replace(/\r\n ?|\r|\n|\0/g, '\r\n ')
    const signature = 'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=s; h=from:x; bh=AAAA; b=AAAA'
    for (const name of ['X', 'DKIM-Signature', 'ARC-Seal', 'ARC-Authentication-Results', 'To']) {
      const header = `${signature}; ${name === 'DKIM-Signature' ? hostile.slice(0, 20_000) : ''}\r\n${name}: i=1; ${hostile.slice(0, 40_000)}\r\n`
      const bytes = Buffer.from(`${header}From: a@shop.example\r\n\r\n${name === 'X' ? megabyte : ''}`)
      const at = endOfFields(bytes)
      const content = { ...contentInMemory(bytes, at, true), read: (offset: number) => Readable.from([bytes.subarray(offset)]) }
      const envelope = { clientIp: '192.0.2.1', helo: hostile, reversePath: hostile.slice(0, 200), from: 'a@shop.example', now: new Date(0) }
      await verifier.authenticate(envelope, content)
    }
  })
})
