import { expect, test } from 'vitest'
import { formatMailbox, mailboxesIn, parseAddressList } from '../../../src/mail/address-list.ts'
import { decodeEncodedWords, encodePhrase, readable } from '../../../src/mail/encoded-word.ts'
import { parseMailbox } from '../../../src/mail/address.ts'

const pairs = (value: string) => mailboxesIn(parseAddressList(value)).map(({ name, mailbox }) => [name, mailbox])
const kinds = (value: string) => parseAddressList(value).map((entry) => entry.kind)

test('names and mailboxes in all their spellings', () => {
  expect(pairs('a@b.example')).toEqual([['', 'a@b.example']])
  expect(pairs('<a@b.example>')).toEqual([['', 'a@b.example']])
  expect(pairs('Ann B. Cee <a@b.example>')).toEqual([['Ann B. Cee', 'a@b.example']])
  expect(pairs('"Cee, Ann \\"A\\"" <a@b.example>')).toEqual([['Cee, Ann "A"', 'a@b.example']])
  expect(pairs('a@b.example (Ann (nested) Cee)')).toEqual([['Ann (nested) Cee', 'a@b.example']])
  expect(pairs('=?utf-8?Q?M=C3=BCller=2C?= =?utf-8?Q?_A?= <a@b.example>')).toEqual([['Müller, A', 'a@b.example']])
  expect(pairs('Größe <a@b.example>')).toEqual([['Größe', 'a@b.example']])
  expect(pairs('<@h1,@h2:a@b.example>')).toEqual([['', 'a@b.example']])
  expect(pairs('a@b.example, ,c@d.example;e@f.example')).toHaveLength(3)
  expect(pairs('"a b"@c.example')).toEqual([['', '"a b"@c.example']])
})

test('groups are opened, empty and unfinished ones too', () => {
  expect(parseAddressList('undisclosed-recipients:;')).toEqual([{ kind: 'group', name: 'undisclosed-recipients', members: [] }])
  expect(pairs('Team: a@b.example, "C" <c@d.example>; e@f.example')).toEqual([['', 'a@b.example'], ['C', 'c@d.example'], ['', 'e@f.example']])
  expect(kinds('Team: a@b.example')).toEqual(['group'])
  expect(mailboxesIn(parseAddressList('a: b: c@d.example;;'))).toEqual([])
})

test('D04 no address comes out of an encoded word', () => {
  expect(pairs('=?utf-8?B?PGNlb0B2aWN0aW0uZXhhbXBsZT4s?= <a@evil.example>')).toEqual([['<ceo@victim.example>,', 'a@evil.example']])
  expect(kinds('=?utf-8?Q?ceo=40victim.example?=')).toEqual(['junk'])
})

test('whatever two programs could read as two addresses is junk', () => {
  for (const value of [
    'ceo@victim(x)@evil', 'a@b@c', '<a@b> <c@d>', '<<a@b>>', 'a@b <c@d> e@f', '<a@b', 'a@b>', '"open <a@b>', '(open <a@b>', 'x <a@b(c)>',
    'John Smith@b.example', 'a . b @ c', '[a@b', 'a@b <>', '<a b@c>', 'name', '\\', '<a@b>>', 'a@b)',
  ]) expect(mailboxesIn(parseAddressList(value)), value).toEqual([])
})

test('encoded words: joined octets, unknown charsets as they are, never a control character', () => {
  expect(decodeEncodedWords('=?utf-8?B?w7w=?= =?utf-8?Q?_x?= plain')).toBe('ü x plain')
  expect(decodeEncodedWords('=?UTF-8?B?4oI=?= =?utf-8?B?rA==?=')).toBe('€') // a character cut in two
  expect(decodeEncodedWords('=?iso-8859-1*de?Q?gr=F6=DFe?=')).toBe('größe')
  expect(decodeEncodedWords('=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=')).toBe('日本')
  expect(decodeEncodedWords('=?x-unknown?Q?a?= b')).toBe('=?x-unknown?Q?a?= b')
  expect(decodeEncodedWords('=?utf-8?Q?a=0D=0ABcc:x@y=00?=')).toBe('a  Bcc:x@y ')
  expect(decodeEncodedWords('a\r\nb')).toBe('a  b')
})

test('a phrase is a quoted-string or encoded words of at most 75 characters', () => {
  expect(encodePhrase('Ann "A" \\ Cee')).toBe('"Ann \\"A\\" \\\\ Cee"')
  expect(encodePhrase('a\r\nb')).toBe('"a  b"')
  for (const text of ['Müller, Söhne', '日本語'.repeat(40), '👨‍👩‍👧‍👦'.repeat(20), '=?utf-8?Q?x?=', 'ü"<a@b>,']) {
    const words = encodePhrase(text).split(' ')
    expect(words.every((word) => /^=\?UTF-8\?[QB]\?[A-Za-z0-9!*+/=_-]+\?=$/.test(word) && word.length <= 75)).toBe(true)
    expect(decodeEncodedWords(words.join(' '))).toBe(text)
  }
})

test('a formatted mailbox is read back', () => {
  const mailbox = parseMailbox('r.abc@burn.example')
  if (!mailbox) throw new Error('no mailbox')
  for (const name of ['', 'Ann', 'a, b <c@d>', '"q"', '日本 (x)', '\\']) {
    expect(pairs(formatMailbox(name, mailbox))).toEqual([[name, mailbox]])
  }
})

test('text for people is decoded and clipped', () => {
  expect(readable('=?utf-8?Q?Gr=C3=BC=C3=9Fe?=  x', 20)).toBe('Grüße x')
  expect(readable('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`)
  expect(readable('😀'.repeat(30), 10).isWellFormed()).toBe(true)
})
