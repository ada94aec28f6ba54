// The line on top of a forward: in which parts, in which encoding, and in which mail never. What was not inserted is what came.
import { simpleParser } from 'mailparser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editedContent } from '../../../src/mail/edited-content.ts'
import { contentInMemory } from '../../../src/mail/content.ts'
import { fieldsOf } from '../../../src/mail/header.ts'
import { bannerEdits, mayHaveBanner } from '../../../src/policy/banner.ts'
import { multi, part, whole, type Made } from '../../support/mime-builder.ts'

const banner = {
  address: 'shop-7kq2m@burn.example', prefix: 'https://burn.example/burn/', burns: (token: string) => token === 'b'.repeat(48),
  burn: `https://burn.example/burn/${'a'.repeat(48)}?their=x&y`,
  manage: 'https://burn.example/addresses/1',
}
const plain = `[ Sent to shop-7kq2m@burn.example | Burn: https://burn.example/burn/${'a'.repeat(48)} | Manage: https://burn.example/addresses/1 ]`

const forwarded = async (made: Made): Promise<Buffer> => {
  const { header, body } = whole(made)
  const fields = fieldsOf(header)
  const content = contentInMemory(Buffer.concat([header, body]), header.length, false)
  if (!mayHaveBanner(fields)) return Buffer.concat([header, body])
  const pieces: Buffer[] = []
  for await (const piece of editedContent(content, bannerEdits(fields, body, banner)).read(0)) pieces.push(piece)
  return Buffer.concat(pieces)
}
const came = (made: Made): Buffer => Buffer.concat([whole(made).header, whole(made).body])
const shown = async (made: Made) => simpleParser(await forwarded(made))
const encoded = (text: string, encoding: string): string => {
  if (encoding === 'base64') return Buffer.from(text).toString('base64').replaceAll(/.{1,76}/g, '$&\r\n')
  if (encoding !== 'quoted-printable') return text
  const hex = (octet: number): string => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
  return text.replaceAll(/[^\r\n -<>-~]/g, (letter) => [...Buffer.from(letter)].map(hex).join(''))
    .replaceAll(/[^\r\n]{60}(?=[^\r\n]{9})(?<!=.?)/g, '$&=\r\n')
}
const text = (type: string, written: string, encoding = '8bit', charset = 'utf-8'): Made =>
  part(`${type}; charset=${charset}`, encoded(written, encoding), `Content-Transfer-Encoding: ${encoding}`)
const html = '<!DOCTYPE html><html><head><title>Grüße</title></head><body style="margin:0">\r\n'
  + '<p>Grüße <a href="https://shop.example/?a=1">here</a></p></body></html>\r\n'

const encodings = ['8bit', 'quoted-printable', 'base64'] as const

describe.each(encodings)('in %s', (encoding) => {
  test('text: one line and an empty one, then what came', async () => {
    expect((await shown(text('text/plain', 'Grüße\r\nthere\r\n', encoding))).text?.replaceAll('\r\n', '\n')).toBe(`${plain}\n\nGrüße\nthere\n`)
  })

  test('HTML: the first that is shown, all else as it came', async () => {
    const { html: got } = await shown(text('text/html', html, encoding))
    expect(got).toContain(`<body style="margin:0">\n<div`)
    expect(got).toContain(`href="https://burn.example/burn/${'a'.repeat(48)}?their=x&amp;y"`)
    expect(String(got).replaceAll('\n', '').replace(/<div.*?<\/div>/s, '')).toBe(html.replaceAll('\r\n', ''))
    const lines = (await forwarded(text('text/html', html, encoding))).toString('latin1').split('\r\n')
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(encoding === '8bit' ? 998 : 76)
  })
})

test('both ways of an alternative, with files and pictures beside it; each other octet stays', async () => {
  const both = multi('alternative', [text('text/plain', 'Hello\r\n'), text('text/html', html, 'base64')])
  const made = multi('mixed', [
    multi('related', [both, part('image/png', 'AAAA', 'Content-ID: <x>')]),
    part('text/plain', 'a note\r\n', 'Content-Disposition: attachment; filename=a.txt'),
  ])
  const got = await shown(made)
  expect(got.text).toContain(`${plain}\n\nHello`)
  expect(got.html).toContain('>Burn</a>')
  expect(got.attachments.at(-1)!.content.toString()).toBe('a note\r\n')
  const octets = (await forwarded(made)).toString('latin1')
  const without = octets.replace(`${plain}\r\n\r\n`, '').replace(/\r\n\r\nPCF[^-]*\r\n\r\n?--/, '')
  const original = came(made).toString('latin1').replace(/\r\n\r\nPCF[^-]*\r\n\r\n?--/, '')
  expect(without).toBe(original)
})

const sealed = multi('signed', [text('text/plain', 'Hello'), part('application/pgp-signature', 'x')])

test.each<[string, Made]>([
  ['signed (S/MIME)', multi('signed', [text('text/plain', 'Hello'), part('application/pkcs7-signature', 'AAAA')])],
  ['signed, inside of a mixture (a list\'s footer)', multi('mixed', [sealed, text('text/plain', 'footer')])],
  ['a footer before what is signed', multi('mixed', [text('text/plain', 'Hello'), sealed])],
  ['signed as one part (S/MIME)', part('application/pkcs7-mime; smime-type=signed-data; name=smime.p7m', 'AAAA')],
  ['encrypted (PGP/MIME)', multi('encrypted', [part('application/pgp-encrypted', 'Version: 1'), part('application/octet-stream', 'x')])],
  ['encrypted in the text', text('text/plain', 'Hello\r\n-----BEGIN PGP MESSAGE-----\r\n', 'base64')],
  ['signed in the text', text('text/plain', '-----BEGIN PGP SIGNED MESSAGE-----\r\n', 'quoted-printable')],
  ['a report', multi('report', [text('text/plain', 'Hello'), part('message/delivery-status', 'x')])],
  ['a file alone', part('application/pdf', '%PDF')],
  ['text that is a file', part('text/plain', 'Hello', 'Content-Disposition: attachment')],
  ['a picture first', multi('mixed', [part('image/png', 'AAAA'), text('text/plain', 'Hello')])],
  ['a charset that has no ASCII in it', text('text/plain', 'Hello', '8bit', 'utf-16le')],
  ['octets that say another charset', text('text/plain', 'H\0i\0', '8bit')],
  ['an encoding that nobody knows', text('text/plain', 'Hello', 'x-yenc')],
  ['a text too long to be looked through', multi('mixed', [text('text/plain', 'Hello'), text('text/plain', 'x'.repeat(4 * 1024 * 1024))])],
  ['base64 with something behind it', part('text/plain', 'SGVsbG8=\r\n-- \r\nthe list', 'Content-Transfer-Encoding: base64')],
  ['one that has the line', text('text/html', `<a href="https://burn.example/burn/${'b'.repeat(48)}">Burn</a>`)],
])('never: %s', async (_, made) => {
  expect((await forwarded(made)).toString('latin1')).toBe(came(made).toString('latin1'))
})

test('a link that only looks like ours keeps the line from no message', async () => {
  const made = text('text/plain', `https://burn.example/burn/ https://burn.example/burn/${'c'.repeat(48)} hello`)
  expect((await shown(made)).text).toContain(plain)
})

test('whatever the HTML is: the line is one insertion, in each encoding', async () => {
  const pieces = [
    '<html>', '<head>', '</head>', '<body a="', '<body>', '">', '<!--', '-->', '<style>', '</style>', 'ü', '\r\n', '=', ' ', 'x'.repeat(80), '<p>',
  ]
  const any = fc.array(fc.constantFrom(...pieces)).map((all) => all.join(''))
  await fc.assert(fc.asyncProperty(any, fc.constantFrom(...encodings), async (written, encoding) => {
    const made = text('text/html', written, encoding)
    const decoded = (bytes: Buffer): string => {
      const body = bytes.toString('latin1').slice(bytes.indexOf('\r\n\r\n') + 4)
      if (encoding === 'base64') return Buffer.from(body, 'base64').toString('latin1')
      if (encoding === '8bit') return body
      return body.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/g, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    }
    const [before, after] = [decoded(came(made)), decoded(await forwarded(made))]
    const at = after.indexOf('<div style="margin:0 0 12px')
    const end = after.indexOf('</div>\r\n', at) + 8
    const rest = after.slice(0, at) + after.slice(end)
    expect(at >= 0 && (rest === before || after.slice(0, at - 2) + after.slice(end) === before)).toBe(true)
  }), { numRuns: 300 })
})
