import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { canonicalBody } from '../../../src/mail/canonical-body.ts'
import { canonicalField, dkimSignature, signedFields } from '../../../src/mail/dkim.ts'
import { parseFields } from '../../../src/mail/header.ts'

const body = (...pieces: readonly (string | Buffer)[]): string => {
  const got: Buffer[] = []
  const canonical = canonicalBody({ update: (bytes) => got.push(Buffer.from(bytes)) })
  for (const piece of ['\r\n', ...pieces]) canonical.write(Buffer.from(piece as string))
  canonical.end()
  return Buffer.concat(got).toString('latin1')
}
const fields = (...lines: readonly string[]) => parseFields(Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1'))
const header = (...lines: readonly string[]): readonly string[] => fields(...lines).map(canonicalField)

describe('relaxed canonicalisation', () => {
  test('the example of RFC 6376 §3.4.5', () => {
    expect(header('A: X', 'B : Y\t', '\tZ  ')).toEqual(['a:X', 'b:Y Z'])
    expect(body(' C \r\nD \t E\r\n\r\n\r\n')).toBe(' C\r\nD E\r\n')
  })

  test('the empty body has the hash of RFC 6376 §3.4.4, whatever blanks and line ends it is made of', () => {
    for (const empty of ['', '\r\n', '\r\n\r\n\r\n', ' \r\n\t\r\n', '  ']) {
      expect(createHash('sha256').update(body(empty)).digest('base64')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=')
    }
  })

  test.each([
    ['a line end is added', 'text', 'text\r\n'],
    ['blanks before a line end go, in front they become one', '\t  a  \r\n b\r\n', ' a\r\n b\r\n'],
    ['empty lines inside stay', 'a\r\n \r\n\r\nb\r\n\r\n', 'a\r\n\r\n\r\nb\r\n'],
    ['a bare CR is text', 'a \r b\r\r\nc\r', 'a \r b\r\r\nc\r\r\n'],
    ['a bare LF ends a line, as it will on the wire', 'a \nb', 'a\r\nb\r\n'],
    ['octets above 127 and NUL stay', 'gr\xfc\xdfe\0\r\n', 'gr\xfc\xdfe\0\r\n'],
  ])('%s', (_, text, canonical) => {
    expect(body(Buffer.from(text, 'latin1'))).toBe(canonical)
  })

  test('pieces of any size give the same', () => {
    const text = 'a \t\r\n\r\n b\r\r\n  c  d\t\r\n\r\n\r\ne \r\n'.repeat(3)
    for (let size = 1; size < 20; size++) {
      expect(body(...text.match(new RegExp(`[^]{1,${size}}`, 'g'))!)).toBe(body(text))
    }
  })

  test('more line ends than there is room for, and long runs of every kind', () => {
    const many = '\r\n'.repeat(100_000)
    expect(body(`a${many}b${many}`)).toBe(`a${many}b\r\n`)
    expect(body(`${' '.repeat(200_000)}x${'y'.repeat(200_000)} ${'z'.repeat(50_000)}`)).toBe(` x${'y'.repeat(200_000)} ${'z'.repeat(50_000)}\r\n`)
  })
})

describe('signedFields', () => {
  test('what is there, last first, and From, Reply-To, Subject, To and Cc once more than they are there', () => {
    const { names, canonical } = signedFields(fields('Received: x', 'From: a', 'To: b', 'List-Unsubscribe: <https://x>', 'To: c', 'X-Other: d'))
    expect(names).toEqual(['to', 'list-unsubscribe', 'to', 'from', 'from', 'reply-to', 'subject', 'to', 'cc'])
    expect(canonical).toBe('to:c\r\nlist-unsubscribe:<https://x>\r\nto:b\r\nfrom:a\r\n')
  })
})

test('the field has short lines, and what is signed ends in an empty b= without a line end', () => {
  const signed = signedFields(fields('From: a', 'Subject: b'))
  const { toSign, signed: withSignature } = dkimSignature({
    algorithm: 'rsa-sha256', domain: 'burn.example', selector: 'one', at: new Date(1_700_000_000_999), fields: signed, bodyHash: Buffer.alloc(32),
  })
  expect(toSign.toString().split('\r\n')).toEqual(['subject:b', 'from:a',
    'dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed; d=burn.example; s=one; t=1700000000; '
    + 'h=subject:from:from:reply-to:subject:to:cc; bh=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=; b='])
  const field = withSignature(Buffer.alloc(256)).toString()
  expect(field).toMatch(/^DKIM-Signature: v=1;[^]*\r\n b=A{72}\r\n A{72}/)
  for (const line of field.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
})
