import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainOf, localPartOf, lowerCased, parseDomain, parseMailbox, withoutSourceRoute, type Mailbox } from '../../src/mail/address.ts'
import { formatMailbox, mailboxesIn, parseAddressList } from '../../src/mail/address-list.ts'
import { decodeBase32, encodeBase32 } from '../../src/mail/base32.ts'
import { isReport, parseDsn } from '../../src/mail/dsn.ts'
import { decodeEncodedWords, encodePhrase, readable } from '../../src/mail/encoded-word.ts'
import { soleFrom } from '../../src/mail/from.ts'
import { headerViolation } from '../../src/mail/header-limits.ts'
import { endOfFields, endOfHeader, formatField, parseFields, valueOf } from '../../src/mail/header.ts'
import { decodeLabel } from '../../src/mail/punycode.ts'
import { parseVerp, verpLocalPart } from '../../src/mail/return-path.ts'
import { receivedField } from '../../src/mail/trace.ts'
import { hostileHeader, hostileValue, megabytes, seeded } from './hostile.ts'

const text = fc.oneof(hostileValue, fc.string({ unit: 'binary' }))
const control = /\p{Cc}/u

test('a mailbox is canonical, has one @ outside quotes and nothing that breaks an SMTP line', () => {
  fc.assert(fc.property(text, (value) => {
    const mailbox = parseMailbox(value)
    if (mailbox === undefined) return
    expect(parseMailbox(mailbox)).toBe(mailbox)
    expect(mailbox).not.toMatch(control)
    expect(domainOf(mailbox)).toMatch(/^[a-z0-9._-]+$|^\[[0-9.]+\]$|^\[IPv6:[0-9a-f:.]+\]$/)
    expect(localPartOf(mailbox)).toMatch(/^"(?:[^"\\]|\\.)*"$|^[^\s<>@,;:"\\()[\]]+$/u)
    expect(parseMailbox(lowerCased(mailbox))).toBe(lowerCased(mailbox))
  }), seeded(1, 5000))
})

test('domains and source routes never throw', () => {
  fc.assert(fc.property(text, (value) => {
    const domain = parseDomain(value)
    if (domain !== undefined) expect(parseDomain(domain)).toBe(domain)
    expect(value.endsWith(withoutSourceRoute(value))).toBe(true)
    decodeLabel(`xn--${value}`)
  }), seeded(2))
})

test('a list of formatted mailboxes is read back as it was', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 60 }).map((one) => one.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/\s+/g, ' ').trim())
  const mailbox = fc.constantFrom('a@b.example', '"a b"@c.example', 'ü@xn--bcher-kva.example', 'u@[192.0.2.1]').map((one) => one as Mailbox)
  fc.assert(fc.property(fc.array(fc.record({ name, mailbox }), { maxLength: 6 }), (entries) => {
    const list = entries.map((entry) => formatMailbox(entry.name, entry.mailbox)).join(', ')
    const folded = parseFields(formatField('To', list)).map(valueOf).join('')
    expect(mailboxesIn(parseAddressList(folded)).map((entry) => ({ name: entry.name, mailbox: entry.mailbox }))).toEqual(entries)
  }), seeded(3))
})

test('names that were decoded hold no control character, and a phrase stays in its line', () => {
  fc.assert(fc.property(text, (value) => {
    for (const entry of mailboxesIn(parseAddressList(value))) expect(entry.name).not.toMatch(control)
    expect(decodeEncodedWords(value)).not.toMatch(control)
    expect(encodePhrase(value)).toMatch(/^[ -~]*$/)
    expect(readable(value, 50).length).toBeLessThanOrEqual(50)
  }), seeded(4, 5000))
})

test('fields are the header, byte for byte', () => {
  const anyHeader = fc.oneof(hostileHeader.map((header) => Buffer.from(header)), fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one)))
  fc.assert(fc.property(anyHeader, (header) => {
    const fields = parseFields(header)
    expect(Buffer.concat(fields.map((field) => field.raw)).equals(header.subarray(0, endOfFields(header)))).toBe(true)
    const body = endOfHeader(header)
    expect(body === -1 || (body > endOfFields(header) && body <= header.length)).toBe(true)
    for (const field of fields) expect(valueOf(field)).not.toMatch(/[\r\n]/)
    soleFrom(fields)
    isReport(fields)
    headerViolation(header)
  }), seeded(5, 5000))
})

test('a formatted field is one field with lines of at most 998 octets', () => {
  fc.assert(fc.property(fc.oneof(text, fc.string({ unit: 'grapheme', minLength: 900, maxLength: 3000 })), (value) => {
    const field = formatField('X-Any', value)
    expect(parseFields(field)).toHaveLength(1)
    expect(field.toString('latin1')).toMatch(/^X-Any:(?:[^\r\n]{0,990}\r\n )*[^\r\n]{0,998}\r\n$/)
  }), seeded(6))
})

test('a HELO can not add to our Received field', () => {
  const forAlias = 'shop-7kq2m@burn.example' as Mailbox
  fc.assert(fc.property(text, text, (helo, clientIp) => {
    const field = receivedField({ helo, clientIp, by: 'burn.example', protocol: 'ESMTP', id: 'x', forAlias, at: new Date(0) })
    expect(parseFields(field)).toHaveLength(1)
    expect(field.toString().replace(/\r\n /g, ' ').match(/ by /g)).toHaveLength(1)
  }), seeded(7))
})

test('VERP addresses come back in any case; no other text is one', () => {
  const mac = (bytes: Uint8Array) => Uint8Array.from({ length: 10 }, (_, at) => bytes.reduce((sum, octet) => (sum * 33 + octet + at) & 0xffff, 5) & 255)
  const payload = fc.record({ deliveryId: fc.bigInt(0n, 2n ** 62n - 1n), aliasId: fc.nat(0xffff_ffff), day: fc.nat(0xffff) })
  fc.assert(fc.property(payload, fc.integer({ min: -1, max: 30 }), (one, age) => {
    const localPart = verpLocalPart(one, mac)
    expect(parseVerp(localPart.toUpperCase(), mac, one.day + age)).toEqual(one)
  }), seeded(8))
  fc.assert(fc.property(text, (value) => { expect(parseVerp(`b.${value}`, mac, 20_000)).toBeUndefined() }), seeded(9))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => { expect(decodeBase32(encodeBase32(bytes))).toEqual(bytes) }), seeded(10))
})

test('a report made of anything is read without a throw', () => {
  const part = fc.tuple(
    fc.constantFrom('message/delivery-status', 'message/rfc822', 'multipart/mixed; boundary="b"', 'text/plain', ''),
    fc.constantFrom('base64', 'quoted-printable', '7bit'),
    hostileValue,
  )
  fc.assert(fc.property(fc.array(part, { maxLength: 6 }), fc.constantFrom('\r\n', '\n'), (parts, end) => {
    const body = parts.map(([type, encoding, value]) => [
      '--b', `Content-Type: ${type}`, `Content-Transfer-Encoding: ${encoding}`, '', 'Status: 5.1.1', `Diagnostic-Code: ${value}`, '',
    ].join(end))
    const dsn = parseDsn(Buffer.from(`Content-Type: multipart/report; boundary=b${end}${end}${body.join('')}--b--`))
    expect(dsn?.diagnostic ?? '').not.toMatch(control)
  }), seeded(11))
})

describe('1 MB of it is read to its end', () => {
  test.each(megabytes)('%j', (_, hostile) => {
    const bytes = Buffer.from(hostile)
    parseAddressList(hostile)
    parseAddressList(`"${hostile}`)
    decodeEncodedWords(hostile)
    encodePhrase(hostile)
    formatField('X', hostile)
    parseMailbox(hostile)
    parseMailbox(`"${hostile}`)
    withoutSourceRoute(`@${hostile}`)
    parseDomain(hostile)
    parseFields(bytes).map(valueOf)
    headerViolation(bytes)
    readable(hostile, 500)
    parseDsn(Buffer.from(`Content-Type: multipart/report; boundary=b\r\n\r\n${hostile}`))
    parseDsn(Buffer.from(`Content-Type: multipart/report${hostile}\r\n\r\n${hostile}`))
    expect(soleFrom(parseFields(Buffer.from(`From: ${hostile}`)))).toBeUndefined()
  })
})
