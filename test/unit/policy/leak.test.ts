// What counts as a leak and what does not; where it is said to be; reverse aliases; parts to leave out.
import { expect, test } from 'vitest'
import { parseMailbox, type Mailbox } from '../../../src/mail/address.ts'
import { needlesOf } from '../../../src/policy/leak-needles.ts'
import { scanForLeaks, type LeakScan } from '../../../src/policy/leak-scan.ts'
import { armor } from '../../support/leak-files.ts'
import { file, multi, part, whole, type Made } from '../../support/mime-builder.ts'

const alias = parseMailbox('shop-7kq2m@burn.example')!
const known = `r.${'a'.repeat(26)}@burn.example`
const names = { alias, correspondentOf: (one: Mailbox) => one.startsWith(`r.${'a'.repeat(26)}`) ? parseMailbox('support@shop.example') : undefined }
const scan = (made: Made, addresses: readonly string[], realName: string | null = null): LeakScan =>
  scanForLeaks(whole(made), needlesOf({ addresses: addresses.map((one) => parseMailbox(one)!), realName }, alias), names)
const text = (body: string): Made => part('text/plain; charset=utf-8', body, 'Content-Transfer-Encoding: 8bit')
const rewritten = (body: string, ...addresses: string[]): string => {
  const { finds, edits } = scan(text(body), addresses)
  expect(finds).toEqual([])
  return edits[0]?.by.toString() ?? body
}

test.each([
  ['a first name of the same letters as the local-part', 'Regards, Jonathan', ['jonathan@home.example'], null],
  ['another address that ends in ours', 'ask jo.ann@home.example or joann@home.example', ['ann@home.example'], null],
  ['another mailbox of the same domain', 'ask bob@home.example', ['ann@home.example'], null],
  ['a role name elsewhere', 'contact@shop.example', ['contact@home.example'], null],
  ['half of the real name', 'Jane, or Mrs Ashford', ['x@home.example'], 'Jane Ashford'],
  ['words that contain the name', 'Janet Ashfordson', ['x@home.example'], 'Jane Ashford'],
  ['the alias itself, though its local-part is the inbox\'s', 'shop-7kq2m', ['shop-7kq2m@home.example'], null],
])('no find: %s', (_, body, addresses, realName) => {
  expect(scan(text(body), addresses, realName)).toMatchObject({ finds: [], edits: [] })
})

test.each([
  ['Gmail: dots, tag, other domain', 'J.D.o.e+shop@googlemail.com', 'jdoe@gmail.com'],
  ['the base of an inbox with a tag', 'jane@home.example', 'jane+burnbox@home.example'],
  ['a domain as A-label', 'jane@xn--mller-kva.example', 'jane@müller.example'],
  ['a domain as U-label', 'jane@MÜLLER.example', 'jane@müller.example'],
  ['the other domains of a provider', 'jane@pm.me', 'jane@proton.me'],
  ['the registrable domain', 'jane@home.co.uk', 'jane@mail.home.co.uk'],
  ['right behind a bullet', '-jane@home.example', 'jane@home.example'],
])('N05 the same mailbox: %s', (_, written, inbox) => {
  expect(rewritten(`x ${written}, y\r\n`, inbox).toLowerCase().replace(/ -/, ' ')).toBe(`x ${alias}, y\r\n`)
})

test.each(['Jane Ashford', 'ASHFORD, Jane', 'Jane   Ashford', 'jane.ashford', 'JaneAshford'])('N04 the real name as %s', (written) => {
  expect(scan(text(`x ${written} y`), [], 'Jane Ashford').finds).toMatchObject([{ what: 'name', where: 'text of the message', part: '1' }])
})

test('N04 a real name with and without its diacritics', () => {
  for (const written of ['Jürgen Müller', 'Jurgen Muller', 'Juergen Mueller', 'Ju\u0308rgen Mu\u0308ller']) {
    expect(scan(text(`x ${written} y`), [], 'Jürgen Müller').finds).toHaveLength(1)
  }
})

test('N05 a reverse alias of a recipient becomes his address, another one stays', () => {
  const other = `r.${'b'.repeat(26)}@burn.example`
  expect(rewritten(`> to ${known}, ${other}\r\n`, 'jane@home.example')).toBe(`> to support@shop.example, ${other}\r\n`)
})

test('N05 only the reverse alias goes, not the word behind what nobody sees', () => {
  const only = { ...names, correspondentOf: (one: Mailbox) => one === known ? parseMailbox('support@shop.example') : undefined }
  const none = needlesOf({ addresses: [], realName: null }, alias)
  const changed = (made: Made): string | undefined => scanForLeaks(whole(made), none, only).edits[0]?.by.toString()
  expect(changed(text(`To: ${known}\r\nSubject: x\r\n> ${known}.\r\n> Next\r\n`)))
    .toBe('To: support@shop.example\r\nSubject: x\r\n> support@shop.example.\r\n> Next\r\n')
  expect(changed(part('text/html; charset=utf-8', `<b>${known}</b>Next <i>${known.replace('.ex', '<wbr>.ex')}</i>Next`)))
    .toBe('<b>support@shop.example</b>Next <i>support@shop.example<wbr></i>Next')
  expect(changed(part('text/calendar; charset=utf-8', `ORGANIZER:mailto:${known}\r\nATTENDEE:mailto:${known.replace('burn', 'bu\r\n rn')}\r\nEND:VEVENT\r\n`))
    ?.replace('\r\n \r\n', '\r\n')).toBe('ORGANIZER:mailto:support@shop.example\r\nATTENDEE:mailto:support@shop.example\r\nEND:VEVENT\r\n')
})

test('K06 the secret of a reverse alias never leaves', () => {
  const secret = `r.${'b'.repeat(26)}.${'c'.repeat(16)}@burn.example`
  expect(rewritten(`> to ${secret}\r\n`, 'jane@home.example')).toBe(`> to ${alias}\r\n`)
  expect(rewritten(`> to r.${'a'.repeat(26)}.${'c'.repeat(16)}@burn.example\r\n`, 'jane@home.example')).toBe('> to support@shop.example\r\n')
})

test('N06 where it was found, in plain words, and the part to leave out', () => {
  const address = 'jane.doe84@home.example'
  const attached = part('message/rfc822', `Subject: Hello\r\n\r\njane.doe84 here\r\n`)
  const key = part('application/pgp-keys', `x ${address}`, 'Content-Disposition: attachment; filename=key.asc')
  const signed = multi('signed', [text(`${address}\r\n`), part('application/pgp-signature', 'x')])
  const { finds } = scan(multi('mixed', [signed, file('text/plain', 'notes.txt', address), attached, key,
    file('image/jpeg', 'me.jpg', `\xff\0${address}`)]), [address])
  expect(finds.map(({ what, where, part: number }) => `${what}: ${where}, ${number}`)).toEqual([
    'address: text of the message, which is signed and so cannot be changed, 1.2',
    'address: attachment notes.txt, 2',
    'local-part: text of the message in the attached message "Hello", 3.1',
    'key: public key key.asc, 4',
    'address: hidden data of picture me.jpg, 5',
  ])
})

test('encrypted content passes, what is in the clear beside it does not', () => {
  const encrypted = (description: string): Made => multi('encrypted', [
    part('application/pgp-encrypted', 'Version: 1\r\n'),
    part('application/octet-stream', armor('MESSAGE', Buffer.from([0xc1, 3, 1, 2, 3])), `Content-Description: ${description}`),
  ], '; protocol="application/pgp-encrypted"')
  expect(scan(encrypted('x'), ['jane.doe84@home.example']).finds).toEqual([])
  expect(scan(encrypted('of jane.doe84'), ['jane.doe84@home.example']).finds).toMatchObject([{ what: 'local-part', part: '2' }])
})

test('K06 a quoted burn button loses its token: whoever has it can burn the address', () => {
  const token = 'b7'.repeat(24)
  expect(rewritten(`> Burn: https://burn.example/burn/${token} | Manage\r\n`, 'jane@home.example')).toBe('> Burn: https://burn.example/burn/ | Manage\r\n')
  for (const [before, behind] of [['https://safe.example/?url=https%3A%2F%2Fburn.example%2Fburn%2F', '&data=05'], [
    'https://urldefense.example/v2/url?u=https-3A__burn.example_burn_', '&d=DwMF']]) {
    expect(rewritten(`<${before}${token}${behind}>\r\n`, 'jane@home.example')).toBe(`<${before}${behind}>\r\n`)
  }
  const { finds, edits } = scan(part('text/html; charset=utf-8',
    `<a href=3D"https://burn.example/burn/${token.slice(0, 20)}=\r\n${token.slice(20)}?their=3DAb-_9">Burn</a>`,
    'Content-Transfer-Encoding: quoted-printable'), ['jane@home.example'])
  expect(finds).toEqual([])
  expect(edits[0]!.by.toString()).toBe('<a href=3D"https://burn.example/burn/">Burn</a>')
  const enclosed = multi('mixed', [part('message/rfc822',
    `List-Unsubscribe: <https://burn.example/burn/${token}>,\r\n <mailto:u.${token}@burn.example?subject=burn>\r\n\r\nHello`)])
  expect(scan(enclosed, []).edits[0]!.by.toString()).toBe('List-Unsubscribe: <https://burn.example/burn/>,\r\n <mailto:u.@burn.example?subject=burn>\r\n')
})
