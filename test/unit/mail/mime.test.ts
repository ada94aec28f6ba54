// The MIME tree as ranges, parts left out, and contents with edits.
import { expect, test } from 'vitest'
import { contentInMemory, type Content } from '../../../src/mail/content.ts'
import { editedContent } from '../../../src/mail/edited-content.ts'
import { parseFields } from '../../../src/mail/header.ts'
import { leftOut } from '../../../src/mail/mime-left-out.ts'
import { parseMime, partsOf, type MimeTree } from '../../../src/mail/mime.ts'
import { parseStructured } from '../../../src/mail/mime-parameters.ts'
import { decodeTransfer, encodeTransfer } from '../../../src/mail/transfer-encoding.ts'

const lines = (...text: string[]): string => text.map((line) => `${line}\r\n`).join('')
const tree = (header: string, body: string): MimeTree => parseMime(parseFields(Buffer.from(header)), Buffer.from(body))
const numbers = (parsed: MimeTree): string[] => parsed.kind === 'unreadable' ? [parsed.why] : [...partsOf(parsed.root)].map(({ number, type }) =>
  `${number} ${type}`)

const header = lines('Content-Type: multipart/mixed; boundary="a b"')
const body = lines(
  '', 'preamble', '--a b', 'Content-Type: multipart/alternative; boundary=c', '', '--c', '', 'one', '--c', 'Content-Type: text/html', '', 'two', '--c--',
    '--a b  ',
  'Content-Type: message/rfc822', '', 'Subject: x', 'Content-Type: multipart/mixed; boundary=d', '', '--d', '', 'three', '--d--', '--a b',
    'Content-Type: message/rfc822', '', 'Subject: y',
  '', 'four', '--a b--', 'epilogue',
)

test('parts are numbered as IMAP does', () => {
  expect(numbers(tree(header, body))).toEqual([
    ' multipart/mixed', '1 multipart/alternative', '1.1 text/plain', '1.2 text/html', '2 message/rfc822', '2 multipart/mixed', '2.1 text/plain',
      '3 message/rfc822', '3.1 text/plain',
  ])
  expect(numbers(tree('', lines('', 'x')))).toEqual(['1 text/plain'])
})

test('the line end before a delimiter is not of the part', () => {
  const parsed = tree(header, body)
  const bodies = parsed.kind === 'tree' ? [...partsOf(parsed.root)].filter(({ children }) => children.length === 0).map((part) =>
    body.slice(part.body.start, part.body.end)) : []
  expect(bodies).toEqual(['one', 'two', 'three', 'four'])
})

test('what exceeds the limits is unreadable', () => {
  const nested = (depth: number): string =>
    depth === 0 ? 'x' : `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${nested(depth - 1)}\r\n--b${depth}--`
  expect(tree('', `\r\n`).kind).toBe('tree')
  expect(numbers(tree(lines('Content-Type: message/rfc822'), `\r\n${nested(15)}`)).length).toBe(17)
  expect(tree(lines('Content-Type: message/rfc822'), `\r\n${nested(30)}`)).toEqual({ kind: 'unreadable', why: 'its parts are nested too deeply' })
  expect(tree(header, `\r\n${'--a b\r\n\r\nx\r\n'.repeat(1001)}`)).toEqual({ kind: 'unreadable', why: 'it has too many parts' })
  expect(tree(lines('Content-Type: text/plain', 'Content-Type: text/html'), '\r\nx').kind).toBe('unreadable')
})

test('missing and unclosed boundaries: what is there is read', () => {
  expect(numbers(tree(lines('Content-Type: multipart/mixed'), lines('', '--a', '', 'x')))).toEqual(['1 multipart/mixed'])
  expect(numbers(tree(lines('Content-Type: multipart/mixed; boundary=a'), lines('', '--a', '', 'x')))).toEqual([' multipart/mixed', '1 text/plain'])
  expect(numbers(tree(lines('Content-Type: multipart/mixed; boundary=a'), lines('', '--ab', '', 'x')))).toEqual(['1 multipart/mixed'])
})

const without = (head: string, text: string, ...gone: string[]): string => {
  const left = leftOut(tree(head, text), Buffer.from(head), Buffer.from(text), gone)
  let at = 0
  const pieces = left.edits.map(({ start, end, by }) => { const kept = text.slice(at, start) + by.toString(); at = end; return kept })
  return left.header.toString() + pieces.join('') + text.slice(at)
}

test('a part that is left out takes its delimiter along, the rest stays byte for byte', () => {
  const gone = without(header, body, '1.2', '3')
  expect(gone).toBe(header + body.replace('--c\r\nContent-Type: text/html\r\n\r\ntwo\r\n',
    '').replace(/--a b\r\nContent-Type: message\/rfc822\r\n\r\nSubject: y[^]*four\r\n/, ''))
  expect(without(header, body, '1.1', '1.2')).not.toContain('--c')
  expect(without(lines('Subject: x', 'Content-Type: text/html'), lines('', 'x'), '1')).toBe(lines('Subject: x', ''))
})

test('without its signature signed content is mixed', () => {
  const head = lines('Content-Type: multipart/signed; boundary=s; protocol="application/pgp-signature"; micalg=pgp-sha512')
  expect(without(head, lines('', '--s', '', 'x', '--s', 'Content-Type: application/pgp-signature', '', 'y', '--s--'), '2'))
    .toBe(lines('Content-Type: multipart/mixed; boundary=s', '', '--s', '', 'x', '--s--'))
})

test('parameters: continuations, charsets, comments, quotes', () => {
  const { value, parameters } = parseStructured(`Text/Plain (a; b); name*0*=iso-8859-1''f%FCr; name*1=" you; and"; x="a\\"b"; boundary="=?x"`)
  expect(value).toBe('text/plain')
  expect(Object.fromEntries(parameters)).toEqual({ name: 'für you; and', x: 'a"b', boundary: '=?x' })
})

const read = async (content: Content, offset: number): Promise<string> => {
  const pieces: Buffer[] = []
  for await (const piece of content.read(offset)) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

test('edits are put in wherever the pieces end', async () => {
  const bytes = Buffer.from('H: x\r\n\r\n0123456789')
  for (let size = 1; size <= bytes.length; size += 1) {
    const inMemory = contentInMemory(bytes, 6, false)
    const cut: Content = { ...inMemory, read: (offset) => Array.from({ length: Math.ceil((bytes.length - offset) / size) }, (_, i) =>
      bytes.subarray(offset + i * size, offset + (i + 1) * size)) }
    const edited = editedContent(cut, [{ start: 2, end: 4, by: Buffer.from('ab') }, { start: 5, end: 10, by: Buffer.alloc(0) },
      { start: 12, end: 12, by: Buffer.from('end') }], Buffer.from('New: y\r\n'))
    expect(await read(edited, 0)).toBe('New: y\r\n\r\nab289end')
    expect(await read(edited, edited.bodyOffset + 2)).toBe('ab289end')
    expect(edited.size).toBe(18)
  }
})

test('transfer encodings there and back', () => {
  const text = Buffer.from(`Grüße =\t\r\nFrom me \r\n.\r\n${'x'.repeat(200)}=\r\n`)
  for (const encoding of ['base64', 'quoted-printable', '8bit']) expect(decodeTransfer(encoding, encodeTransfer(encoding, text)!)).toEqual(text)
  expect(encodeTransfer('quoted-printable', text)!.toString().split('\r\n').every((line) => line.length <= 76)).toBe(true)
  expect(encodeTransfer('8bit', Buffer.alloc(2000, 'x'))).toBeUndefined()
  expect(decodeTransfer('base64', Buffer.from('YQ==\r\nYmM=\r\n'))!.toString()).toBe('abc')
  expect(decodeTransfer('x-yenc', text)).toBeUndefined()
})
