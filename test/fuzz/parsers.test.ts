// Every parser and rewriter of src/mail and src/policy: never throws, and comes to its end on 1 MB of what made others slow or killed them.
import { Buffer } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editedContent } from '../../src/mail/edited-content.ts'
import { contentInMemory } from '../../src/mail/content.ts'
import { mboxMessage, readMbox } from '../../src/mail/mbox.ts'
import { bannerEdits } from '../../src/policy/banner.ts'
import { parseFields } from '../../src/mail/header.ts'
import { decodeTransfer, encodeTransfer } from '../../src/mail/transfer-encoding.ts'
import { ownValuesAlone, parsers } from '../support/parsers.ts'
import { hostileHeader, hostileValue, megabytes, seeded } from './hostile.ts'

const names = Object.keys(parsers)

test('no file is left out', () => {
  const files = ['mail', 'policy'].flatMap((room) => readdirSync(fileURLToPath(new URL(`../../src/${room}/`, import.meta.url)))
    .filter((file) => file.endsWith('.ts') || file === 'import').map((file) => `${room}/${file.replace('.ts', '')}`))
  const tried = [...names, ...ownValuesAlone, 'mail/mbox']
  const isTried = (file: string): boolean => tried.includes(file) || file.startsWith('policy/leak')
  expect(files.filter((file) => !isTried(file)), 'to be added to test/support/parsers.ts').toEqual([])
})

const html = fc.array(fc.constantFrom(
  '<html>', '<head>', '<title>', '</title>', '<style>', '</style', '<script ', '<body', '<body>', '<!--', '-->', '<!', '<?xml',
  '>', '"', "'", '<div>', ' ', 'x', '\u00fc', '=3C', '=\r\n', '=',
), { maxLength: 20 }).map((parts) => parts.join(''))
const text = fc.oneof(hostileValue, hostileHeader, html, fc.string({ unit: 'binary', maxLength: 60 }))

describe('any text', () => {
  test.each(names)('%s', (name) => {
    fc.assert(fc.property(text, (value) => { parsers[name]!(value, Buffer.from(value)) }), seeded(81, 150))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (value) => {
      const bytes = Buffer.from(value)
      parsers[name]!(bytes.toString('latin1'), bytes)
    }), seeded(82, 150))
  })
})

const more: readonly (readonly [name: string, text: string])[] = [
  '<title>', '<style>', '<!--', '<html "', '<b>', '\\"', '"\\"', '-', '=', '=\r\n', '=41', '&amp;', '$\x80', "'", '+',
  'begin 644 x\r\n', '-----BEGIN PGP MESSAGE-----\n', 'ATTENDEE:mailto:a@b.example\r\n', '> ', '\u0301', 'jane.doe84', ' (', 'a=',
].map((unit) => [unit, unit.repeat(Math.ceil(1_000_000 / unit.length))])

// What reads a field alone is given 1 MB, or the 128 KiB that the ingress takes, in mail.test.ts, policy.test.ts and verify.test.ts; the scan 200 KB in
// leak.test.ts. Here they get each of the texts, in a size that leaves time for the others.
const ofHeader = 32 * 1024
const shorter: Readonly<Record<string, number>> = Object.fromEntries([
  'mail/address', 'mail/address-list', 'mail/arc', 'mail/delivery-report', 'mail/dkim', 'mail/encoded-word', 'mail/from', 'mail/header', 'mail/mime-parameters',
  'mail/trace', 'policy/burn-fields', 'policy/display-name', 'policy/import', 'policy/leak', 'policy/list-fields', 'policy/local-part',
  'policy/mark-stranger', 'policy/reply-header', 'policy/restore-bounced', 'policy/rewrite', 'policy/screen', 'policy/thread', 'policy/transliterate',
].map((name) => [name, ofHeader]))

// Those of the others that are made for lists of addresses say nothing to what reads a body.
const ofBodies = ['(', '<', '>', '"', '"\\', ';', '@', ' ', '\r\n ', '\r\n', 'x', '=?utf-8?q?', '\0', '--b\r\n', '\ufdfd']
const units = [...megabytes.filter(([unit]) => ofBodies.includes(unit)), ...more]

describe('1 MB of it comes to its end', () => {
  test.each(units)('%j', (_, megabyte) => {
    for (const name of names) {
      const hostile = megabyte.slice(0, shorter[name])
      parsers[name]!(hostile, Buffer.from(hostile))
    }
  })
})

test('mail/mbox', async () => {
  for (const [, megabyte] of units) {
    const message = Buffer.from(megabyte.replaceAll(/\r?\n|\r/g, '\r\n'), 'latin1')
    const mbox: Buffer[] = []
    for await (const piece of mboxMessage({ reversePath: megabyte, at: new Date(0) }, [], [message])) mbox.push(piece)
    const back: (Buffer | undefined)[] = []
    for await (const one of readMbox(Readable.from(mbox), 4_000_000)) back.push(one)
    expect(back.map((one) => one?.equals(message))).toEqual([true])
  }
})

test('edits change the octets that they name and no other, from whatever offset and in whatever pieces the content is read', async () => {
  const edits = fc.array(fc.tuple(fc.nat(12), fc.nat(6), fc.uint8Array({ maxLength: 5 })), { maxLength: 5 })
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), edits, fc.integer({ min: 1, max: 9 }), fc.nat(80), async (octets, wanted, size, from) => {
    const header = Buffer.from('X: 1\r\n')
    const body = Buffer.from(octets)
    let at = 0
    const made = wanted.map(([gap, length, by]) => {
      const start = Math.min(body.length, at + gap)
      at = Math.min(body.length, start + length)
      return { start, end: at, by: Buffer.from(by) }
    })
    const whole = Buffer.concat([header, body])
    const content = { ...contentInMemory(whole, header.length, true), read: function* (start: number) {
      for (let piece = start; piece < whole.length; piece += size) yield whole.subarray(piece, piece + size)
    } }
    const expected = [header]
    let done = 0
    for (const { start, end, by } of made) {
      expected.push(body.subarray(done, start), by)
      done = end
    }
    expected.push(body.subarray(done))
    const got: Buffer[] = []
    const edited = editedContent(content, made)
    for await (const piece of edited.read(from)) got.push(piece)
    expect(Buffer.concat(got)).toEqual(Buffer.concat(expected).subarray(from))
    expect(edited.size).toBe(Buffer.concat(expected).length)
  }), seeded(83, 2_000))
})

test('what is encoded for its transfer is decoded to the same octets, in lines that fit', () => {
  fc.assert(fc.property(fc.constantFrom('base64', 'quoted-printable'), fc.uint8Array({ maxLength: 400 }), (encoding, octets) => {
    const bytes = Buffer.from(octets)
    const encoded = encodeTransfer(encoding, bytes)!
    expect(decodeTransfer(encoding, encoded)).toEqual(bytes)
    expect(encoded.toString('latin1')).toMatch(/^[\t\r\n -~]*$/)
    for (const line of encoded.toString('latin1').split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
  }), seeded(84, 3_000))
})

test('the line on top of a forward is put between octets that stay, where no tag and no quoted octet is cut', () => {
  const banner = {
    address: 'a@burn.example', burn: 'https://burn.example/burn/x', manage: 'https://burn.example/m', prefix: 'https://burn.example/burn/', burns: () => false,
  }
  fc.assert(fc.property(html, fc.constantFrom('8bit', 'quoted-printable'), (written, encoding) => {
    const fields = parseFields(Buffer.from(`Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n`))
    const body = Buffer.from(`\r\n${written}`)
    for (const { start, end, by } of bannerEdits(fields, body, banner)) {
      expect(end).toBe(start)
      expect(by.toString()).toContain('Burn</a>')
      const before = body.toString('latin1', 2, start)
      if (encoding === 'quoted-printable') expect(before).not.toMatch(/=[\dA-Fa-f]?$(?<!=3C)/)
      expect(before.replaceAll(/<!--[^]*?-->|"[^"]*"|'[^']*'/g, '').replaceAll('=3C', '<')).not.toMatch(/<(?:body|html)[^>]*$/)
    }
  }), seeded(85, 3_000))
})
