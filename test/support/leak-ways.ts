// The ways in which a reply tells who wrote it. Each is made twice: with the secret, and with somebody else in its place.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import {
  armor, certificate, jpeg, opaqueSigned, packedPngText, pdf, pgpCompressed, pgpInPieces, pgpKey, pgpSignature, pkcs7Signature, png, zip,
} from './leak-files.ts'
import { asBytes, base64Lines, coded, file, multi, part, whole, type Made } from './mime-builder.ts'

export type Person = { readonly address: string; readonly name: string }
export type Way = {
  readonly name: string
  readonly want: 'rewritten' | 'stopped'
  readonly make: (person: Person) => { readonly header: Buffer; readonly body: Buffer }
}

const text = (body: string, charset = 'utf-8', ...more: string[]): Made => part(`text/plain; charset=${charset}`, body, ...more)
const html = (body: string, ...more: string[]): Made => part('text/html; charset=utf-8', body, ...more)
const hello = text('Thank you!\r\n')
const mixed = (...parts: Made[]): Made => multi('mixed', [hello, ...parts])
const utf16 = (body: string): Buffer => Buffer.from(`\ufeff${body}`, 'utf16le')
const local = (address: string): string => address.slice(0, address.indexOf('@'))
const domain = (address: string): string => address.slice(address.indexOf('@') + 1)
const percent = (body: string): string => [...body].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')
const entities = (body: string): string => [...body].map((c) => `&#${c.charCodeAt(0)};`).join('')
const fullWidth = (body: string): string => [...body].map((c) => c > ' ' && c <= '~' ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c).join('')
const octets = (body: string): string => [...body].map((c) => `=${c.charCodeAt(0).toString(16).toUpperCase()}`).join('')
const calendar = (...lines: string[]): string => ['BEGIN:VCALENDAR', 'METHOD:REPLY', 'BEGIN:VEVENT', ...lines, 'DTSTART:20261124T090000Z', 'END:VEVENT',
  'END:VCALENDAR', ''].join('\r\n')
const report = (machine: string): Made => multi('report', [hello, part('message/disposition-notification', machine)],
  '; report-type=disposition-notification')
const message = (fields: string, body: string): string => `${fields}\r\n\r\n${body}`

const ways: readonly (readonly [name: string, want: Way['want'], make: (person: Person) => Made, subject?: (person: Person) => string])[] = [
  ['N05 On … wrote', 'rewritten', ({ address }) => text(`Yes.\r\n\r\nOn Tue, 3 Nov 2026 at 10:00, Shop <${address}> wrote:\r\n> hello\r\n`)],
  ['N05 quoted header: To: address', 'rewritten', ({ address }) => text(`Yes.\r\n\r\n> From: Shop\r\n> To: ${address}\r\n> Subject: x\r\n`)],
  ['N05 other case', 'rewritten', ({ address }) => text(`write to ${address.toUpperCase()}\r\n`)],
  ['N05 broken over two quoted lines', 'rewritten', ({ address }) => text(`> write to ${local(address)}@\r\n> ${domain(address)}\r\n`)],
  ['N05 format=flowed', 'rewritten', ({ address }) => part('text/plain; format=flowed; delsp=yes', `> write to \r\n> ${address} \r\n> soon\r\n`)],
  ['N05 quoted-printable, cut by a soft line break', 'rewritten', ({ address }) =>
    text(`Gr=C3=BC=C3=9Fe ${local(address)}@=\r\n${domain(address)}\r\n`, 'utf-8', 'Content-Transfer-Encoding: quoted-printable')],
  ['N05 quoted-printable, every octet', 'rewritten', ({ address }) => text(octets(address).replace(/.{60}/g, '$&=\r\n'), 'utf-8',
    'Content-Transfer-Encoding: quoted-printable')],
  ['N05 base64', 'rewritten', ({ address }) => text(base64Lines(`Grüße ${address}\r\n`), 'utf-8', 'Content-Transfer-Encoding: base64')],
  ['N05 base64 of UTF-16', 'rewritten', ({ address }) => coded('text/plain; charset=utf-16', utf16(`Grüße ${address}\r\n`))],
  ['N05 base64 of UTF-16BE', 'rewritten', ({ address }) => coded('text/plain; charset=utf-16be', Buffer.from(`x ${address}\r\n`, 'utf16le').swap16())],
  ['N05 ISO-8859-1, 8 bits', 'rewritten', ({ address }) => part('text/plain; charset=iso-8859-1', Buffer.from(`Grüße ${address}\r\n`, 'latin1'),
    'Content-Transfer-Encoding: 8bit')],
  ['N05 Shift_JIS', 'rewritten', ({ address }) => part('text/plain; charset=shift_jis',
    Buffer.concat([Buffer.from('93fa967b', 'hex'), Buffer.from(` ${address}\r\n`)]))],
  ['N05 ISO-2022-JP', 'rewritten', ({ address }) => part('text/plain; charset=iso-2022-jp', `\x1b$B6l\x1b(B ${address}\r\n`)],
  ['N05 UTF-7', 'stopped', ({ address }) => text(`x ${address.replace('@', '+AEA-')}\r\n`, 'utf-7')],
  ['N05 a charset nobody knows', 'rewritten', ({ address }) => text(`x ${address}\r\n`, 'x-martian')],
  ['N05 UTF-8 that says it is ASCII', 'rewritten', ({ address }) => part('text/plain', `Grüße ${address}\r\n`)],
  ['N05 octets that are no UTF-8', 'rewritten', ({ address }) => part('text/plain; charset=utf-8', Buffer.from(`Gr\xfc\xdfe ${address}\r\n`, 'latin1'))],
  ['N05 soft hyphens', 'rewritten', ({ address }) => text(`${address.split('').join('\u00ad')}\r\n`)],
  ['N05 zero-width spaces and joiners', 'rewritten', ({ address }) => text(`${address.replace('@', '\u200b@\u2060\ufeff')}\r\n`)],
  ['N05 direction controls', 'rewritten', ({ address }) => text(`\u202a${address.replace('.', '\u200e.')}\u202c\r\n`)],
  ['N05 full-width letters', 'rewritten', ({ address }) => text(`${fullWidth(address)}\r\n`)],
  ['N05 mathematical letters', 'rewritten', ({ address }) =>
    text(`${address.replace(/[a-z]/g, (c) => String.fromCodePoint(0x1d41a + c.charCodeAt(0) - 97))}\r\n`)],
  ['N05 ideographic full stop in the domain', 'rewritten', ({ address }) => text(`${local(address)}@${domain(address).replace('.', '\u3002')}\r\n`)],
  ['N05 right behind a letter without spaces', 'rewritten', ({ address }) => text(`メールは${address}まで\r\n`)],
  ['N05 with a tag', 'rewritten', ({ address }) => text(`${local(address)}+shop@${domain(address)}\r\n`)],
  ['N05 sub-domain', 'rewritten', ({ address }) => text(`${local(address)}@mail.${domain(address)}\r\n`)],
  ['N05 as a bounce address writes it', 'rewritten', ({ address }) => text(`bounces ${address.replace('@', '=')}@list.example\r\n`)],
  ['N05 "(at)"', 'rewritten', ({ address }) => text(`${local(address)} (at) ${domain(address)}\r\n`)],
  ['N05 quoted local-part', 'rewritten', ({ address }) => text(`<"${local(address)}"@${domain(address)}>\r\n`)],
  ['N05 percent-encoded in a link of a text', 'rewritten', ({ address }) =>
    text(`https://shop.example/unsubscribe?e=${encodeURIComponent(address)}&x=1\r\n`)],
  ['N05 base64 in a link', 'stopped', ({ address }) => text(`https://shop.example/u/${Buffer.from(`id=7;mail=${address}`).toString('base64url')}\r\n`)],
  ['N05 hexadecimal in a link', 'stopped', ({ address }) => text(`https://shop.example/u/${Buffer.from(address).toString('hex')}\r\n`)],
  ['N05 local-part alone', 'stopped', ({ address }) => text(`my login is ${local(address)}.\r\n`)],
  ['N05 local-part at another provider', 'stopped', ({ address }) => text(`${local(address)}@work.example\r\n`)],
  ['N05 HTML: text', 'rewritten', ({ address }) => html(`<p>On Tuesday &lt;${address}&gt; wrote:</p>`)],
  ['N05 HTML: mailto', 'rewritten', ({ address }) => html(`<a href="mailto:${address}?subject=x">write</a>`)],
  ['N05 HTML: mailto, percent-encoded', 'rewritten', ({ address }) => html(`<a href="mailto:${percent(address)}">write</a>`)],
  ['N05 HTML: entities', 'rewritten', ({ address }) => html(`<p>${entities(address)}</p>`)],
  ['N05 HTML: named entities', 'rewritten', ({ address }) => html(`<p>${address.replace('@', '&commat;').replaceAll('.', '&period;')}</p>`)],
  ['N05 HTML: tags inside', 'rewritten', ({ address }) => html(`<p><b>${local(address)}</b>@<wbr><span>${domain(address)}</span></p>`)],
  ['N05 HTML: &shy; and &zwnj;', 'rewritten', ({ address }) => html(`<p>${address.replace('@', '&shy;@&zwnj;')}</p>`)],
  ['N05 HTML: a comment', 'rewritten', ({ address }) => html(`<p>x</p><!-- for ${address} -->`)],
  ['N05 HTML: a comment inside', 'rewritten', ({ address }) => html(`<p>${address.replace('@', '<!-- x -->@')}</p>`)],
  ['N05 HTML: alt and title', 'rewritten', ({ address }) => html(`<img src="cid:a" alt="${address}"><i title='${address}'>x</i>`)],
  ['N05 HTML: CSS content', 'rewritten', ({ address }) => html(`<style>p::after { content: "${address.replace('@', '\\0040 ')}" }</style><p>x</p>`)],
  ['N05 HTML: script', 'rewritten', ({ address }) => html(`<script>let a = "${address.replace('@', '\\u0040')}"</script>`)],
  ['N05 HTML: quoted-printable, cut inside of the link', 'rewritten', ({ address }) =>
    html(`<a href=3D"mailto:${local(address)}=\r\n@${domain(address)}">x</a>`, 'Content-Transfer-Encoding: quoted-printable')],
  ['N05 HTML: data: image', 'stopped', ({ address }) =>
    html(`<img src="data:image/jpeg;base64,${jpeg(Buffer.from(`Exif\0\0 ${address}`)).toString('base64')}">`)],
  ['N05 HTML: avatar by its hash', 'stopped', ({ address }) => html(`<img src="https://avatar.example/${hashOf(address)}">`)],
  ['N05 alternative: both forms', 'rewritten', ({ address }) => multi('alternative', [text(`${address}\r\n`), html(`<p>${address}</p>`)])],
  ['N05 preamble and epilogue', 'rewritten', ({ address }) => multi('mixed', [hello], '', [`for ${address}\r\n`, `from ${address}\r\n`])],
  ['N05 uuencoded in the text', 'stopped', ({ address }) => text(`begin 644 x.txt\r\n${uu(address)}\r\nend\r\n`)],
  ['N05 pasted source in base64', 'stopped', ({ address }) => text(`${base64Lines(`${'x'.repeat(50)} ${address}`)}\r\n`)],
  ['N03 subject', 'rewritten', () => hello, ({ address }) => `Subject: for ${address}`],
  ['N03 subject in encoded words', 'rewritten', () => hello, ({ address }) => `Subject: =?utf-8?B?${Buffer.from(`für ${address}`).toString('base64')}?=`],
  ['N03 subject cut in two encoded words', 'rewritten', () => hello, ({ address }) =>
    `Subject: =?utf-8?Q?f=C3=BCr_${local(address)}?=\r\n =?utf-8?Q?=40${domain(address)}?=`],
  ['N03 name in the subject', 'stopped', () => hello, ({ name }) => `Subject: from ${name}`],
  ['N03 Autocrypt that slipped through', 'rewritten', () => hello, ({ address }) => `Autocrypt: addr=${address}; keydata=AAAA`],
  ['N03 name in encoded words', 'stopped', () => hello, ({ name }) => `Comments: =?iso-8859-1?Q?${name.replaceAll(' ', '_')}?=`],
  ['N06 real name under the text', 'stopped', ({ name }) => text(`Regards\r\n${name}\r\n`)],
  ['N06 real name, last name first', 'stopped', ({ name }) => text(`Regards\r\n${name.split(' ').toReversed().join(', ')}\r\n`)],
  ['N06 real name in HTML, in two cells', 'stopped', ({ name }) => html(`<td>${name.replace(' ', '</td><td>')}</td>`)],
  ['N06 file name', 'rewritten', ({ address }) => mixed(file('application/octet-stream', `cv ${address}.bin`, 'x'))],
  ['N06 file name, RFC 2231 in sections', 'stopped', ({ address }) =>
    mixed(part('application/octet-stream', 'x',
      `Content-Disposition: attachment;\r\n filename*0*=utf-8''f%C3%BCr%20${local(address)};\r\n filename*1*=%40${domain(address)}`))],
  ['N06 file name in an encoded word', 'stopped', ({ address }) =>
    mixed(part(`application/octet-stream; name="=?utf-8?B?${Buffer.from(address).toString('base64')}?="`, 'x'))],
  ['N06 real name in a file name', 'stopped', ({ name }) => mixed(file('application/pdf', `CV_${name.replace(' ', '_')}.pdf`, pdf('x', 'y')))],
  ['N06 Content-Description, Content-ID, Content-Location', 'rewritten', ({ address }) =>
    mixed(coded('image/gif', 'GIF89a', `Content-Description: ${address}`, `Content-ID: <${address}>`, `Content-Location: mailto:${address}`))],
  ['N06 invitation: ORGANIZER and ATTENDEE', 'rewritten', ({ address }) =>
    multi('alternative', [hello, part('text/calendar; method=REPLY; charset=utf-8',
      calendar(`ORGANIZER:mailto:${address}`, `ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:${address}`))])],
  ['N06 invitation: folded in the address', 'rewritten', ({ address }) =>
    part('text/calendar', calendar(`ATTENDEE;PARTSTAT=ACCEPTED:mailto:${local(address)}@\r\n ${domain(address)}`))],
  ['N06 invitation as a file', 'rewritten', ({ address }) => mixed(file('text/calendar; name="invite.ics"', 'invite.ics',
    calendar(`ATTENDEE:mailto:${address}`)))],
  ['N06 invitation: real name', 'stopped', ({ name }) => part('text/calendar', calendar(`ATTENDEE;CN="${name}":mailto:x@burn.example`))],
  ['N06 vCard', 'stopped', ({ address }) => mixed(file('text/vcard', 'me.vcf',
    `BEGIN:VCARD\r\nVERSION:4.0\r\nEMAIL;TYPE=home:${local(address)}\r\n @${domain(address)}\r\nEND:VCARD\r\n`))],
  ['N06 text file', 'stopped', ({ address }) => mixed(file('text/plain', 'notes.txt', `see ${address}`))],
  ['N06 text file in UTF-16', 'stopped', ({ address }) => mixed(file('application/octet-stream', 'notes.dat', utf16(`see ${address}`)))],
  ['N06 unknown octets: UTF-16BE inside', 'stopped', ({ address }) =>
    mixed(file('application/x-thing', 'x.dat', Buffer.concat([Buffer.from([0, 1, 2, 255, 7]), Buffer.from(address, 'utf16le').swap16(),
      Buffer.from([0, 200])])))],
  ['N06 file in uuencode', 'stopped', ({ address }) => mixed(part('application/octet-stream', `begin 644 x\r\n${uu(address)}\r\nend\r\n`,
    'Content-Transfer-Encoding: x-uuencode'))],
  ['N06 attached message: its header', 'rewritten', ({ address }) => mixed(part('message/rfc822',
    message(`From: shop@shop.example\r\nDelivered-To: ${address}\r\nSubject: Order`, 'Hello\r\n')))],
  ['N06 attached message: its text', 'rewritten', ({ address }) => mixed(part('message/rfc822',
    message('Subject: Order\r\nContent-Transfer-Encoding: base64', base64Lines(`for ${address}`))))],
  ['N06 attached message in an attached message', 'rewritten', ({ address }) =>
    mixed(part('message/rfc822', message('Subject: A\r\nContent-Type: message/rfc822', message('Subject: B', `for ${address}\r\n`))))],
  ['N06 attached message, encoded as a whole', 'stopped', ({ address }) =>
    mixed(coded('message/rfc822', message('Subject: A\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64', base64Lines(`for ${address}`))))],
  ['N06 message as a file of octets', 'stopped', ({ address }) =>
    mixed(file('application/octet-stream', 'a.eml', message('Subject: A\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64',
      base64Lines(`\xfffor ${address}`))))],
  ['N06 digest', 'rewritten', ({ address }) => multi('digest', [{ fields: '', body: message('Subject: A', `for ${address}\r\n`) }])],
  ['N07 read receipt', 'rewritten', ({ address }) => report(`Reporting-UA: mail\r\nFinal-Recipient: rfc822; ${address}\r\nDisposition: manual-action\r\n`)],
  ['N06 PGP public key', 'stopped', ({ name, address }) => mixed(part('application/pgp-keys', armor('PUBLIC KEY BLOCK', pgpKey(`${name} <${address}>`)),
    'Content-Disposition: attachment; filename="key.asc"'))],
  ['N06 PGP public key, binary', 'stopped', ({ address }) => mixed(file('application/octet-stream', 'key.gpg', pgpKey(address)))],
  ['N06 PGP public key in the text, quoted', 'stopped', ({ address }) =>
    text(`> ${armor('PUBLIC KEY BLOCK', pgpKey(address)).replaceAll('\r\n', '\r\n> ')}\r\n`)],
  ['N06 PGP signature: signer in it', 'stopped', ({ address }) =>
    multi('signed', [hello, part('application/pgp-signature; name="signature.asc"', armor('SIGNATURE', pgpSignature(address)))],
      '; protocol="application/pgp-signature"; micalg=pgp-sha512')],
  ['N06 PGP armor: comment', 'stopped', ({ address }) =>
    multi('signed', [hello, part('application/pgp-signature', armor('SIGNATURE', pgpSignature('x')).replace('\r\n\r\n',
      `\r\nComment: ${address}\r\n\r\n`))], '; protocol="application/pgp-signature"')],
  ['N06 signed text', 'stopped', ({ address }) => multi('signed', [text(`${address}\r\n`), part('application/pgp-signature', armor('SIGNATURE',
    pgpSignature('x')))], '; protocol="application/pgp-signature"')],
  ['N06 signed text, inline', 'stopped', ({ address }) =>
    text(`-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\n${address}\r\n${armor('SIGNATURE', pgpSignature('x'))}`)],
  ['N06 PGP, packed but not encrypted', 'stopped', ({ address }) => text(armor('MESSAGE', pgpCompressed(`b\0\0\0\0\0for ${address}`)))],
  ['N06 PGP, cut by partial lengths', 'stopped', ({ address }) => text(armor('MESSAGE', pgpInPieces(address)))],
  ['N06 S/MIME signature: certificate', 'stopped', ({ name, address }) =>
    multi('signed', [hello, file('application/pkcs7-signature', 'smime.p7s', pkcs7Signature(name, address))], '; protocol="application/pkcs7-signature"')],
  ['N06 S/MIME: signed as a whole', 'stopped', ({ address }) => coded('application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
    opaqueSigned(asBytes(coded('text/plain', `for ${address}\r\n`))))],
  ['N06 certificate, PEM', 'stopped', ({ address }) =>
    mixed(file('application/x-pem-file', 'me.pem',
      `-----BEGIN CERTIFICATE-----\n${certificate('x', address).toString('base64')}\n-----END CERTIFICATE-----\n`))],
  ['N06 picture: Exif', 'stopped', ({ name }) => mixed(file('image/jpeg', 'photo.jpg',
    jpeg(Buffer.from(`Exif\0\0II*\0\b\0\0\0\x01\0;\x01\x02\0 ${name}\0`, 'latin1'))))],
  ['N06 picture: Exif in UTF-16', 'stopped', ({ name }) => mixed(file('image/jpeg', 'photo.jpg',
    jpeg(Buffer.concat([Buffer.from('Exif\0\0II*\0'), Buffer.from(name, 'utf16le')]))))],
  ['N06 picture: XMP', 'stopped', ({ address }) => mixed(file('image/jpeg', 'photo.jpg',
    jpeg(Buffer.from(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><dc:creator>${address}</dc:creator></x:xmpmeta>`))))],
  ['N06 picture: packed text of a PNG', 'stopped', ({ address }) => mixed(file('image/png', 'shot.png', png(packedPngText(address))))],
  ['N06 SVG', 'stopped', ({ address }) => mixed(file('image/svg+xml', 'logo.svg',
    `<svg xmlns="http://www.w3.org/2000/svg"><text>${entities(address)}</text></svg>`))],
  ['N06 PDF: properties', 'stopped', ({ name }) => mixed(file('application/pdf', 'offer.pdf', pdf(name, 'Offer')))],
  ['N06 PDF: text, letter by letter in a packed stream', 'stopped', ({ address }) => mixed(file('application/pdf', 'offer.pdf', pdf('x', address)))],
  ['N06 DOCX: properties', 'stopped', ({ name }) =>
    mixed(file('application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'cv.docx',
      zip({ 'docProps/core.xml': `<dc:creator>${name}</dc:creator>`, 'word/document.xml': '<w:t>x</w:t>' })))],
  ['N06 DOCX: text in several runs', 'stopped', ({ address }) =>
    mixed(file('application/octet-stream', 'cv.docx',
      zip({ 'word/document.xml': `<w:r><w:t>${local(address)}</w:t></w:r><w:r><w:t>@${domain(address)}</w:t></w:r>` })))],
  ['N06 ODT: meta.xml', 'stopped', ({ name }) => mixed(file('application/vnd.oasis.opendocument.text', 'cv.odt',
    zip({ 'meta.xml': `<meta:initial-creator>${name}</meta:initial-creator>` })))],
  ['N06 archive: name of a file', 'stopped', ({ address }) => mixed(file('application/zip', 'a.zip', zip({ [`home/${local(address)}/x.txt`]: 'x' })))],
  ['N06 archive in an archive', 'stopped', ({ address }) => mixed(file('application/zip', 'a.zip', zip({ 'b.zip': zip({ 'x.txt': `x ${address}` }) })))],
  ['N06 gzip', 'stopped', ({ address }) => mixed(file('application/gzip', 'a.tar.gz', gzipSync(`x ${address}`)))],
  ['RTF with hexadecimal letters', 'stopped', ({ address }) => mixed(file('application/rtf', 'a.rtf', `{\\rtf1 ${address.replace('@', "\\'40")}}`))],
  ['encoding that nobody knows', 'stopped', ({ address }) => mixed(part('application/octet-stream', address === secret.address ? 'x' : 'x',
    `Content-Transfer-Encoding: ${address === secret.address ? 'x-yenc' : '8bit'}`))],
]

export const secret: Person = { address: 'jane.doe84@home.example', name: 'Jane Ashford' }
export const stranger: Person = { address: 'max.other55@else.example', name: 'Peter Mills' }

export const leakWays: readonly Way[] = ways.map(([name, want, make, subject]) => ({ name, want, make: (person) => whole(make(person), subject?.(person)) }))

function hashOf(address: string): string {
  return createHash('md5').update(address).digest('hex')
}

function uu(line: string): string {
  const bytes = Buffer.from(line.padEnd(Math.ceil(line.length / 3) * 3, '\0'))
  let text = String.fromCharCode(32 + line.length)
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i]!, bytes[i + 1]!, bytes[i + 2]!]
    text += [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63].map((n) => String.fromCharCode(n === 0 ? 96 : 32 + n)).join('')
  }
  return text
}
