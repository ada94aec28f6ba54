// MIME that other programs hang on, crash over or read differently (RELIABILITY group C). Ours; only the ideas are others'.
// `refused`: how the reply to the dot begins; without it the message is taken, arrives with its body as it was, and can be read or is said not to be.
import { gzipSync } from 'node:zlib'

export type HostileMime = { readonly name: string; readonly content: () => Buffer; readonly refused?: string }

const tooLarge = '552 5.3.4 The header is too large'
const malformed = '550 5.5.2 Lines must end in CRLF'

/** Lines with LF; bytes are CRLF. */
const crlf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'))
const raw = (text: string): Buffer => Buffer.from(text, 'latin1')
const message = (fields: string, body = 'body\n'): Buffer => crlf(`From: Shop <shop@shop.example>\nSubject: hostile\nMIME-Version: 1.0\n${fields}\n${body}`)
const withType = (type: string, body: string, more = ''): Buffer => message(`Content-Type: ${type}\n${more}`, body)
const mixed = (parts: readonly string[], boundary = 'b'): Buffer =>
  withType(`multipart/mixed; boundary="${boundary}"`, `${parts.map((part) => `--${boundary}\n${part}\n`).join('')}--${boundary}--\n`)
const nested = (levels: number): Buffer =>
  withType('multipart/mixed; boundary="0"', Array.from({ length: levels }, (_, n) => `--${n}\nContent-Type: multipart/mixed; boundary="${n + 1}"\n\n`).join(''))
const attachment = (type: string, bytes: Buffer, name: string): string =>
  [`Content-Type: ${type}`, 'Content-Transfer-Encoding: base64', `Content-Disposition: attachment; filename="${name}"`, '',
    bytes.toString('base64').replaceAll(/.{76}/g, '$&\n'), ''].join('\n')
const text = 'Content-Type: text/plain\n\nthe text\n'

/** No archive is looked into, so what matters of a bomb is that its bytes stay what they are. */
export const bomb = (): Buffer => gzipSync(gzipSync(Buffer.alloc(100_000_000)))

export const hostileMime: readonly HostileMime[] = [
  { name: 'C01 1,000 nested multiparts', content: () => nested(1_000) },
  { name: 'C01 20,000 nested multiparts', content: () => nested(20_000) },
  { name: 'C02 2,000 nested message/rfc822', content: () => withType('message/rfc822', 'Content-Type: message/rfc822\n\n'.repeat(2_000)) },
  { name: 'C03 200,000 empty parts', content: () => withType('multipart/mixed; boundary=b', '--b\n\n'.repeat(200_000)) },
  { name: 'C03 20,000 attachments', content: () =>
    withType('multipart/mixed; boundary=b', '--b\nContent-Type: application/x\nContent-Disposition: attachment\n\nx\n'.repeat(20_000)) },
  { name: 'C04 a header of 10 MB in one line', content: () => message(`X-Long: ${'x'.repeat(10_000_000)}\n`), refused: tooLarge },
  { name: 'C04 100,000 header lines', content: () => message('X: 1\n'.repeat(100_000)), refused: tooLarge },
  { name: 'C04 5 MB of folds', content: () => message(`X-Fold: 1\n${' \n'.repeat(2_000_000)}`), refused: tooLarge },
  { name: 'C04 as many folds as are let in', content: () => message(`X-Fold: 1\n${' \n'.repeat(1_900)}`) },
  { name: 'C05 100,000 addresses', content: () => message(`To: ${'a@b.example,\n '.repeat(100_000)}a@b.example\n`), refused: tooLarge },
  { name: 'C05 as many addresses as are let in', content: () => message(`To: ${Array.from({ length: 3_500 }, (_, n) => `a${n}@b.example`).join(', ')}\n`) },
  { name: 'C05 500,000 nested groups', content: () => message(`To: ${'a:'.repeat(500_000)}\n`), refused: tooLarge },
  { name: 'C05 30,000 nested groups', content: () => message(`To: ${'a:'.repeat(30_000)}\n`) },
  { name: 'C05 a million parentheses', content: () => message(`To: ${'('.repeat(1_000_000)}\n`), refused: tooLarge },
  { name: 'C05 60,000 parentheses', content: () => message(`To: ${'('.repeat(60_000)}\n`) },
  { name: 'C05 two million angle brackets', content: () => message(`To: ${'<'.repeat(2_000_000)}\n`), refused: tooLarge },
  { name: 'C05 60,000 angle brackets', content: () => message(`Reply-To: ${'<'.repeat(60_000)}\n`) },
  { name: 'C06 100,000 References', content: () => message(`References: ${'<a@b.example>\n '.repeat(100_000)}<a@b.example>\n`), refused: tooLarge },
  { name: 'C06 4,000 References', content: () => message(`References: ${'<a@b.example> '.repeat(4_000)}\n`) },
  { name: 'C06 10,000 continuations of a parameter (RFC 2231)', content: () => mixed([text,
    `Content-Type: application/x;\n${Array.from({ length: 10_000 }, (_, n) => ` name*${n}*=%41`).join(';\n')}\n\nx\n`]) },
  { name: 'C06 a boundary of 1 MB in the header', content: () => withType(`multipart/mixed; boundary="${'b'.repeat(1_000_000)}"`, 'x\n'), refused: tooLarge },
  { name: 'C06 a boundary of 1 MB in a part', content: () => mixed([text,
    `Content-Type: multipart/mixed; boundary="${'c'.repeat(1_000_000)}"\n\n--${'c'.repeat(1_000_000)}\n\nx\n`]) },
  { name: 'C06 40,000 encoded-words', content: () => message(`Subject: ${'=?utf-8?q?a?=\n '.repeat(40_000)}=?utf-8?q?a?=\n`), refused: tooLarge },
  { name: 'C06 4,000 encoded-words', content: () => message(`X-Words: ${'=?utf-8?q?=C3=BC?= '.repeat(3_000)}\n`) },
  { name: 'C06 40,000 encoded-words in a part', content: () => mixed([text, `Content-Type: application/x; name="${'=?utf-8?q?a?= '.repeat(40_000)}"\n\nx\n`]) },
  { name: 'C07 a million nested <div>', content: () => withType('text/html', `${'<div>'.repeat(1_000_000)}\n`) },
  { name: 'C07 3,200 nested <div>', content: () => withType('text/html', `${'<div>'.repeat(3_200)}\n`) },
  { name: 'C08 1,200,000 lines of format=flowed', content: () => withType('text/plain; format=flowed', '> \n'.repeat(1_200_000)) },
  { name: 'C08 a million empty lines', content: () => withType('text/plain', '\n'.repeat(1_000_000)) },
  { name: 'C09 5 MB of base64 in one line, with rubbish between', content: () =>
    withType('application/x', `${'QUJD*'.repeat(1_000_000)}\n`, 'Content-Transfer-Encoding: base64\n') },
  { name: 'C09 10 MB of = as quoted-printable', content: () =>
    withType('text/plain', `${'='.repeat(10_000_000)}\n`, 'Content-Transfer-Encoding: quoted-printable\n') },
  { name: 'C10 a boundary that begins with another', content: () => withType('multipart/mixed; boundary=b',
    `--b\n${text}--b\nContent-Type: multipart/alternative; boundary=b1\n\n--b1\n${text}--b1--\n--b--\n`) },
  { name: 'C10 no closing boundary', content: () => withType('multipart/mixed; boundary=b', `--b\n${text}--b\n${text}`) },
  { name: 'C10 a boundary in the epilogue', content: () => withType('multipart/mixed; boundary=b', `--b\n${text}--b--\n--b\n${text}--b--\n`) },
  { name: 'C10 blanks behind a boundary', content: () => withType('multipart/mixed; boundary=b', `--b \t\n${text}--b-- \n`) },
  { name: 'C10 a quoted boundary with a backslash', content: () => withType('multipart/mixed; boundary="b\\"\\\\b"', `--b"\\b\n${text}--b"\\b--\n`) },
  { name: 'C10 an empty boundary, and none', content: () =>
    mixed([`Content-Type: multipart/mixed; boundary=""\n\n--\n${text}----\n`, 'Content-Type: multipart/mixed\n\n--\nx\n']) },
  { name: 'C10 a part with a header alone before its boundary', content: () => mixed(['Content-Type: text/plain\nX-Alone: 1', text]) },
  { name: 'C11 the fields of MIME twice, and each other’s opposite', content: () => withType('text/plain', '<script>alert(1)</script> PGI+\n',
    'Content-Type: text/html\nMIME-Version: 2.0\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\n') },
  { name: 'C11 an unknown encoding', content: () => withType('text/html', '<p>x</p>\n', 'Content-Transfer-Encoding: x-rot13\n') },
  { name: 'C11 a multipart in base64', content: () => withType('multipart/mixed; boundary=b', `--b\n${text}--b--\n`, 'Content-Transfer-Encoding: base64\n') },
  ...['utf-7', 'iso-2022-jp', 'x-unknown', 'gb18030', 'windows-1252\u00a0', 'utf-16', 'utf-16le', '"', '../../etc/passwd'].map((charset): HostileMime => ({
    name: `C12 charset ${charset.trim()}`,
    content: () => withType(`text/html; charset=${charset}`, '+ADw-script+AD4-alert(1)+ADw-/script+AD4- \u001b(J<script>\u001b$Balert(1) \ufeff&lt;\n'),
  })),
  { name: 'C13 an archive in an archive of 100 MB of zeros', content: () => mixed([text, attachment('application/gzip', bomb(), 'bomb.gz.gz')]) },
  { name: 'C13 what looks like zip, PDF, TNEF, xz and tar', content: () => mixed([text,
    ...[
      'PK\x03\x04\xff\xff', '%PDF-1.7 <</Filter[/FlateDecode/FlateDecode]>>', '\x78\x9f\x3e\x22\xff\xff\xff\xff', '\xfd7zXZ\0\xff',
      `${'a'.repeat(257)}ustar\0\xff`,
    ].map((start, n) => attachment('application/octet-stream', raw(start.repeat(50)), `archive-${n}`))]) },
  { name: 'C14 a piece of a message', content: () => withType('message/partial; id="x@shop.example"; number=1; total=2', `${text}\n`) },
  { name: 'C15 names of files that are paths, commands and fields', content: () => mixed([text, ...[
    '../../etc/passwd', 'C:\\x\\y.exe', 'gpj.\u202eexe', 'a\\"; filename*=utf-8\'\'evil', '=?utf-8?Q?a=0D=0AX:y?=', 'x'.repeat(4_096), '.', '',
  ].map((name) => attachment('application/x', raw('x'), name))]) },
  { name: 'C16 odd lines in a header', content: () => message('Subject : spaced\nX-ü: 8-bit\n: nothing before\nno colon at all\n') },
  { name: 'C16 an mbox line first', content: () =>
    crlf('From shop@shop.example Mon Jan  5 10:00:00 2026\nFrom: shop@shop.example\nSubject: mbox\n\nbody\n') },
  { name: 'C16 no empty line', content: () => crlf('From: shop@shop.example\nSubject: x\nthis is a body already\nand goes on\n') },
  { name: 'C16 a NUL in the header', content: () => raw('From: shop@shop.example\r\nX-\0: 1\r\n\r\nbody\r\n'), refused: malformed },
  { name: 'C19 LF and CRLF mixed', content: () => raw('From: shop@shop.example\r\nSubject: x\n\r\nbody\r\n'), refused: malformed },
  { name: 'C19 LF alone', content: () => raw('From: shop@shop.example\nSubject: x\n\nbody\n.\r\n'), refused: malformed },
  { name: 'C19 bare CR', content: () => raw('From: shop@shop.example\r\n\r\none\rtwo\r\n'), refused: malformed },
  { name: 'C19 CRCRLF', content: () => raw('From: shop@shop.example\r\n\r\none\r\r\ntwo\r\n'), refused: malformed },
  { name: 'C19 NUL', content: () => raw('From: shop@shop.example\r\n\r\none\0two\r\n'), refused: malformed },
]
