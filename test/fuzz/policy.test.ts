import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDotAtom, lowerCased, parseMailbox, type Mailbox } from '../../src/mail/address.ts'
import { decodeEncodedWords } from '../../src/mail/encoded-word.ts'
import { formatField, parseFields } from '../../src/mail/header.ts'
import { displayName } from '../../src/policy/display-name.ts'
import { checkCustomLocalPart, localPartFor } from '../../src/policy/local-part.ts'
import { isReserved } from '../../src/policy/reserved.ts'
import { restoreBounced } from '../../src/policy/restore-bounced.ts'
import { correspondentsOf, rewriteHeader } from '../../src/policy/rewrite.ts'
import { screen } from '../../src/policy/screen.ts'
import { registrableDomain } from '../../src/policy/site.ts'
import { hostileHeader, hostileValue, megabytes, seeded } from './hostile.ts'

const alias = 'shop-7kq2m@burn.example' as Mailbox
const isOwn = (one: Mailbox): boolean => one === alias || one === 'me@real.example' || /^r\.[a-z0-9]+@burn\.example$/.test(one)
const received = formatField('Received', 'from x by burn.example; Sun, 22 Nov 2026 07:52:00 +0000')

const rewritten = (header: Buffer): Buffer => {
  const fields = parseFields(header)
  const known = correspondentsOf(fields, isOwn).map((one) => lowerCased(one.mailbox))
  expect(known.length).toBeLessThanOrEqual(40)
  expect(new Set(known).size).toBe(known.length)
  return rewriteHeader(fields, {
    alias, received, isOwn, authservIds: ['burn.example'],
    reverseAliasOf: (one) => (known.includes(lowerCased(one)) ? (`r.${known.indexOf(lowerCased(one))}@burn.example` as Mailbox) : undefined),
    ifAbsent: { date: new Date(0), messageId: 'x@burn.example' },
  })
}

// On purpose not our own parser: what a program sees that only looks for words with an @ in them, before and after decoding.
const answered = new RegExp(`^(?:${[
  'from', 'reply-to', 'to', 'cc', 'bcc', 'sender', 'mail-reply-to', 'mail-followup-to', 'disposition-notification-to',
  'return-receipt-to', 'errors-to', 'resent-reply-to', 'resent-bcc',
].join('|')})[ \\t]*:`, 'i')
const addressesSeen = (value: string): string[] =>
  [value, decodeEncodedWords(value)].flatMap((text) => text.match(/[^\s<>@"',;:()]*[@＠][^\s<>@"',;:()]*/g) ?? [])
const logicalLines = (header: string): string[] => header.split(/\r\n(?![ \t])/).map((line) => line.replace(/\r\n/g, ''))

const expectSafe = (out: string): void => {
  expect(out.startsWith(`${received.toString()}X-Burnbox-Alias: ${alias}\r\n`)).toBe(true)
  expect(out).not.toMatch(/\0|\r(?!\n)|(?<!\r)\n|\r\n\r\n/)
  expect(out.endsWith('\r\n')).toBe(true)
  const lines = logicalLines(out)
  expect(lines.filter((line) => /^from[ \t]*:/i.test(line))).toHaveLength(1)
  for (const line of lines.filter((one) => answered.test(one))) {
    for (const seen of addressesSeen(line.slice(line.indexOf(':') + 1))) expect(seen).toMatch(/@burn\.example$|^me@real\.example$/)
  }
  for (const line of lines.filter((one) => /^list-[a-z-]+\s*:/i.test(one))) {
    const value = line.slice(line.indexOf(':') + 1).replace(/\s/g, '')
    for (const uri of value.match(/mailto:[^>,]*/gi) ?? []) expect(uri).toMatch(/^mailto:[^@]*@burn\.example(?:$|\?)/)
  }
  expect(lines.some((line) => /^(?:bcc|sender|return-receipt-to|errors-to|resent-reply-to)[ \t]*:/i.test(line))).toBe(false)
}

test('D03 D05 D07 no header makes the rewriter throw, inject a field, or show an address to answer to outside the alias', () => {
  fc.assert(fc.property(hostileHeader, (header) => {
    expectSafe(rewritten(Buffer.from(header)).toString('latin1').replace(/\xef\xbc\xa0/g, '＠'))
  }), seeded(21, 10_000))
})

test('a restored bounce of whatever was forwarded can be forwarded again', () => {
  fc.assert(fc.property(hostileHeader, (header) => {
    const restored = restoreBounced(parseFields(rewritten(Buffer.from(header))))
    expect(restored.toString('latin1')).not.toMatch(/^x-burnbox[\w-]*\s*:/im)
    expectSafe(rewritten(restored).toString('latin1').replace(/\xef\xbc\xa0/g, '＠'))
  }), seeded(22, 3000))
})

test('E03 what passes the screen has one author, and only he is answered to in From', () => {
  fc.assert(fc.property(hostileHeader, hostileValue, (header, value) => {
    const fields = parseFields(Buffer.from(`From: ${value}\r\n${header}`))
    const verdict = screen({ reversePathKind: 'null', headerViolation: undefined, fields, aliases: [alias], isVerp: false })
    if (verdict.kind === 'pass') expect(fields.filter((field) => field.name === 'from')).toHaveLength(1)
  }), seeded(23, 5000))
})

test('a display name shows the address and holds none', () => {
  fc.assert(fc.property(fc.oneof(hostileValue, fc.string({ unit: 'grapheme', maxLength: 400 })), (name) => {
    const shown = displayName(name, 'info@shop.example' as Mailbox)
    expect(shown).toMatch(/info at shop\.example\)?$/)
    expect(shown).not.toMatch(/[@<>"\\＠\p{Cc}\u202a-\u202e]/u)
    expect(shown.length).toBeLessThan(250)
  }), seeded(24))
})

test('local-parts and sites: whatever is typed, what comes out is ours', () => {
  const typed = fc.oneof(fc.domain(), fc.webUrl(), hostileValue, fc.string({ unit: 'grapheme' }))
  fc.assert(fc.property(typed, fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), (site, numbers) => {
    const queue = [...numbers]
    const localPart = localPartFor(site, (below) => (queue.shift() ?? 0) % below)
    expect(localPart).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?-[bcdfghjkmnpqrstvwxyz2-9]{5}$/)
    expect(isReserved(localPart)).toBe(false)
    const domain = registrableDomain(site)
    if (domain !== undefined) expect(registrableDomain(domain)).toBe(domain)
    const custom = checkCustomLocalPart(site)
    if (custom.kind === 'ok') expect(isDotAtom(custom.localPart) && parseMailbox(`${custom.localPart}@burn.example`) !== undefined).toBe(true)
  }), seeded(25))
})

// The ingress takes no longer header.
describe('128 KiB of it are rewritten to their end', () => {
  test.each(megabytes)('%j', (_, megabyte) => {
    const hostile = megabyte.slice(0, 128 * 1024)
    for (const name of ['From', 'To', 'Reply-To', 'List-Unsubscribe', 'Authentication-Results', 'Delivered-To', 'Sender']) {
      expectSafe(rewritten(Buffer.from(`${name}: ${hostile}`)).toString('latin1'))
    }
    displayName(hostile, alias)
    localPartFor(hostile, () => 0)
  })
})
