// Replies made at random, with the owner's address in some of their places and in some of its disguises. Whatever leaves is taken apart by another
// program (mailparser, support/leak-oracle), and tells nothing. And: hostile input is answered, whatever it is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { scanReply, withoutParts, type Scanned } from '../../src/flow/scan-reply.ts'
import { parseMailbox } from '../../src/mail/address.ts'
import { contentInMemory, type Content } from '../../src/mail/content.ts'
import { endOfFields } from '../../src/mail/header.ts'
import { revealedIn } from '../support/leak-oracle.ts'
import { leakWays, secret } from '../support/leak-ways.ts'
import { asBytes, base64Lines, coded, file, multi, part, quoted, type Made } from '../support/mime-builder.ts'
import { mutated } from '../support/mutate.ts'

const scale = Number(process.env['CHAOS_SCALE'] ?? '1')
const alias = parseMailbox('shop-7kq2m@burn.example')!
const secrets = { addresses: [parseMailbox(secret.address)!], realName: null }
const { address } = secret

const contentOf = (reply: Buffer): Content => contentInMemory(reply, endOfFields(reply), true)
const scan = (reply: Buffer): Promise<Scanned> => {
  const content = contentOf(reply)
  return scanReply({ clock: systemClock }, { alias, secrets, correspondentOf: () => undefined, header: content.header, content })
}
const octetsOf = async (header: Buffer, content: Content): Promise<Buffer> => {
  const pieces = [header]
  for await (const piece of content.read(content.bodyOffset)) pieces.push(piece)
  return Buffer.concat(pieces)
}

const disguises: readonly ((html: boolean) => string)[] = [
  () => address, () => address.toUpperCase(), () => `<${address}>`, () => `mailto:${address}`, () => address.replace('@', '\u200b@'),
  () => address.replace('@', '%40'), () => address.split('').join('\u00ad'), () => address.replace('@', '＠'),
  (html) => html ? address.replace('@', '&#64;') : address, (html) => html ? address.replace('@', '<b>@</b>') : address.replace('@', '@\r\n> '),
]
const words = fc.constantFrom('Hello', 'Grüße', 'order 4711', 'see https://shop.example/?a=1%202', 'a < b & c', '> quoted', '=3D', 'jane@other.example',
  '日本語')
const chunk = (html: boolean): fc.Arbitrary<string> => fc.oneof({ arbitrary: words, weight: 6 },
  { arbitrary: fc.constantFrom(...disguises).map((make) => make(html)), weight: 1 })
const prose = (html: boolean): fc.Arbitrary<string> => fc.array(chunk(html), { maxLength: 12 }).map((chunks) =>
  html ? `<html><body>${chunks.map((one) => `<p>${one}</p>`).join('\r\n')}</body></html>` : chunks.join(' \r\n'))

const encoded = (type: string, text: string, how: string): Made => {
  switch (how) {
    case 'base64': return part(`${type}; charset=utf-8`, base64Lines(text), 'Content-Transfer-Encoding: base64')
    case 'quoted-printable': return part(`${type}; charset=utf-8`, quoted(text), 'Content-Transfer-Encoding: quoted-printable')
    case 'utf-16': return coded(`${type}; charset=utf-16le`, Buffer.from(text, 'utf16le'))
    default: return part(`${type}; charset=utf-8`, text, 'Content-Transfer-Encoding: 8bit')
  }
}
const encoding = fc.constantFrom('8bit', 'base64', 'quoted-printable', 'utf-16')
const leaf: fc.Arbitrary<Made> = fc.oneof(
  fc.tuple(prose(false), encoding).map(([text, how]) => encoded('text/plain', text, how)),
  fc.tuple(prose(true), encoding).map(([text, how]) => encoded('text/html', text, how)),
  fc.tuple(chunk(false), prose(false)).map(([name, text]) => file('application/octet-stream', name.replaceAll(/["\r\n\\]/g, ''), text)),
  prose(false).map((text) => file('text/plain', 'notes.txt', text)),
)
const { tree } = fc.letrec<{ tree: Made }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf,
    fc.tuple(fc.constantFrom('mixed', 'alternative', 'related', 'signed'), fc.array(tie('tree'), { minLength: 1, maxLength: 3 }), prose(false))
      .map(([subtype, parts, loose]) => multi(subtype, parts, '', [`${loose}\r\n`, ''])),
    fc.tuple(tie('tree'), chunk(false)).map(([inside, subject]) =>
      part('message/rfc822', Buffer.concat([Buffer.from(`Subject: ${subject.replaceAll(/[\r\n]+/g, ' ')}\r\n`), asBytes(inside)]),
        'Content-Transfer-Encoding: 8bit'))),
}))
const reply = fc.tuple(tree, chunk(false)).map(([made, subject]) => Buffer.concat([
  Buffer.from(`From: ${alias}\r\nTo: support@shop.example\r\nSubject: ${subject.replaceAll(/[\r\n]+/g, ' ')}\r\nMIME-Version: 1.0\r\n`), asBytes(made),
]))

test('what leaves tells nobody: not in its source, a header, a text, a file or a file name', async () => {
  let clean = 0
  await fc.assert(fc.asyncProperty(reply, async (bytes) => {
    const scanned = await scan(bytes)
    if (scanned.kind === 'reveals') return
    clean += 1
    expect(await revealedIn(await octetsOf(scanned.header, scanned.content), address)).toEqual([])
  }), { numRuns: 250 * scale, seed: 20261122 })
  expect(clean).toBeGreaterThan(50)
})

test('what was stopped may go without the parts that were found, and then tells nobody', async () => {
  await fc.assert(fc.asyncProperty(reply, async (bytes) => {
    const scanned = await scan(bytes)
    if (scanned.kind === 'clean' || scanned.finds.some(({ part: number }) => number === null)) return
    const left = await withoutParts(contentOf(bytes), scanned.finds.map(({ part: number }) => number!))
    const again = await scan(await octetsOf(left.header, left))
    if (again.kind === 'reveals') return // signed text shows itself only when its signature is gone
    expect(await revealedIn(await octetsOf(again.header, again.content), address)).toEqual([])
  }), { numRuns: 100 * scale, seed: 20261122 })
})

test('N05 what is clean is clean when it is scanned again, and stays as it is', async () => {
  await fc.assert(fc.asyncProperty(reply, async (bytes) => {
    const scanned = await scan(bytes)
    if (scanned.kind === 'reveals') return
    const left = await octetsOf(scanned.header, scanned.content)
    const again = await scan(left)
    expect(again.kind).toBe('clean')
    if (again.kind === 'clean') expect((await octetsOf(again.header, again.content)).equals(left)).toBe(true)
  }), { numRuns: 100 * scale, seed: 20261122 })
})

test('mutated messages are answered', async () => {
  const samples = leakWays.map(({ make }) => make(secret)).map(({ header, body }) => Buffer.concat([header, body]))
  await fc.assert(fc.asyncProperty(fc.nat(), fc.boolean(), async (seed, isReply) => {
    expect(['clean', 'reveals']).toContain((await scan(isReply ? mutated(seed, samples) : mutated(seed))).kind)
  }), { numRuns: 300 * scale, seed: 20261122 })
})

const long = (text: string): string => text.repeat(Math.ceil(200_000 / text.length))
test.each([
  ['spaces', ' '], ['quotes', '> '], ['open tags', '<a '], ['comments', '<!--'], ['closed tags', '<b></b>'], ['ampersands', '&#'], ['percents', '%4'],
    ['backslashes', '\\'],
  ['delimiters', '--x\r\n'], ['armor', '-----BEGIN PGP MESSAGE-----\r\n'], ['combining marks', '\u0301\u0327'], ['zero-width', '\u200b'],
    ['local-parts', 'jane.doe84'],
  ['local-parts and tags', 'jane.doe84<b></b><i></i>'], ['addresses', `${address} `], ['reverse aliases', 'r.aaaaaaaaaaaaaaaaaaaaaaaaaa@'],
    ['base64', 'QUJD'],
  ['equals signs', '= '], ['encoded words', '=?utf-8?Q?a?= '], ['dots', 'jane.....'], ['uuencode', 'begin 644 x\r\n'], ['hyphens', '-'],
    ['parentheses', '@('],
])('a body of nothing but %s is answered', async (_, text) => {
  for (const type of ['text/plain', 'text/html', 'text/calendar', 'multipart/mixed; boundary=x', 'application/octet-stream']) {
    const body = `Subject: x\r\nContent-Type: ${type}\r\n\r\n${long(text)}`
    expect(['clean', 'reveals']).toContain((await scan(Buffer.from(body))).kind)
  }
})
