import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { lowerCased, parseMailbox, type Mailbox } from '../../../src/mail/address.ts'
import { mailboxesIn, parseAddressList } from '../../../src/mail/address-list.ts'
import { fieldsNamed, formatField, parseFields, valueOf } from '../../../src/mail/header.ts'
import { correspondentsOf, rewriteHeader } from '../../../src/policy/rewrite.ts'
import { restoreBounced } from '../../../src/policy/restore-bounced.ts'

const mailbox = (text: string): Mailbox => {
  const parsed = parseMailbox(text)
  if (!parsed) throw new Error(`no mailbox: ${text}`)
  return parsed
}
const alias = mailbox('shop-7kq2m@burn.example')
const own = new Set(['shop-7kq2m@burn.example', 'other-22222@burn.example', 'me@real.example'])
const isOwn = (one: Mailbox): boolean => own.has(lowerCased(one)) || lowerCased(one).startsWith('r.')
const received = formatField('Received', 'from x by burn.example; Sun, 22 Nov 2026 07:52:00 +0000')
const usual = 'Date: Sun, 22 Nov 2026 07:52:00 +0000\r\nMessage-ID: <1@shop.example>\r\n'

/** The n-th correspondent is r.n@burn.example. */
const rewrite = (header: string | Buffer): string => {
  const fields = parseFields(Buffer.from(header))
  const known = correspondentsOf(fields, isOwn).map((one) => lowerCased(one.mailbox))
  return rewriteHeader(fields, {
    alias,
    received,
    isOwn,
    reverseAliasOf: (one) => (known.includes(lowerCased(one)) ? mailbox(`r.${known.indexOf(lowerCased(one))}@burn.example`) : undefined),
    authservIds: ['burn.example'],
    ifAbsent: { date: new Date('2026-11-22T07:52:00Z'), messageId: 'made@burn.example' },
  }).toString('utf8')
}
const values = (header: string, name: string): string[] => fieldsNamed(parseFields(Buffer.from(header)), name).map(valueOf)
const addresses = (header: string, name: string): string[] =>
  values(header, name).flatMap((value) => mailboxesIn(parseAddressList(value)).map((one) => one.mailbox))
const names = (header: string, name: string): string[] =>
  values(header, name).flatMap((value) => mailboxesIn(parseAddressList(value)).map((one) => one.name))

test('D03 fields keep their order and bytes but for the named rewrites; what is added stands on top', () => {
  const before = 'Received: from a\r\n\tby b\r\nsubject :  odd\r\n  folds \r\nX-Null:\r\n'
  const after = 'MIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset="x"\r\nReferences: <a@b> <c@d>\r\n'
    + 'List-Id: <mailto-list.example>\r\nX-8bit: gr\xf6\xdfe\r\n'
  const header = Buffer.from(`${before}From: Ann <ann@shop.example>\r\nTo: Me <shop-7kq2m@burn.example>\r\n${after}${usual}`, 'latin1')
  const fields = parseFields(header)
  const known = correspondentsOf(fields, isOwn)
  const out = rewriteHeader(fields, {
    alias, received, isOwn, authservIds: [], reverseAliasOf: () => mailbox('r.0@burn.example'), ifAbsent: { date: new Date(0), messageId: 'x@y' },
  }).toString('latin1')
  expect(known).toEqual([{ name: 'Ann', mailbox: 'ann@shop.example' }])
  expect(out).toBe(
    `${received}X-Burnbox-Alias: shop-7kq2m@burn.example\r\nX-Burnbox-From: Ann <ann@shop.example>\r\n` +
      `${before}From: "Ann (ann at shop.example)" <r.0@burn.example>\r\nTo: Me <shop-7kq2m@burn.example>\r\n${after}${usual}`,
  )
})

describe('D04 From', () => {
  const from = (value: string) => rewrite(`From: ${value}\r\n${usual}`)
  test('name and address are shown, an answer goes to the reverse alias', () => {
    expect(values(from('Ann <ann@shop.example>'), 'from')).toEqual(['"Ann (ann at shop.example)" <r.0@burn.example>'])
    expect(values(from('ann@shop.example'), 'from')).toEqual(['"ann at shop.example" <r.0@burn.example>'])
    expect(names(from('=?utf-8?Q?M=C3=BCller?= <a@b.example>'), 'from')).toEqual(['Müller (a at b.example)'])
    expect(names(from('Größe <a@b.example>'), 'from')).toEqual(['Größe (a at b.example)'])
    expect(names(from('"ü"@b.example'), 'from')).toEqual(['ü at b.example'])
  })
  test('the original is kept beside it', () => {
    expect(values(from('"A, B" <a@b.example>'), 'x-burnbox-from')).toEqual(['"A, B" <a@b.example>'])
  })
  test('decoding makes no new address', () => {
    const out = from('=?utf-8?B?PGNlb0B2aWN0aW0uZXhhbXBsZT4s?= <a@evil.example>')
    expect(addresses(out, 'from')).toEqual(['r.0@burn.example'])
    expect(names(out, 'from')).toEqual(['ceo at victim.example, (a at evil.example)'])
  })
  test('no line passes 998 octets', () => {
    const out = from(`"${'x'.repeat(5000)}" <a@b.example>`)
    expect(Math.max(...out.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
  })
})

describe('D05 hostile names', () => {
  test.each([
    ['"a\\"b\\\\c, d" <a@b.example>', "a'bc, d (a at b.example)"],
    ['=?utf-8?Q?a=0D=0ABcc=3Ax=40y=2Eexample?= <a@b.example>', 'a Bcc:x at y.example (a at b.example)'],
    ['=?utf-8?Q?=E2=80=AEevil=E2=80=AC?= <a@b.example>', 'evil (a at b.example)'],
    ['שלום <a@b.example>', 'שלום (a at b.example)'],
    ['"<b@c> ＠" <a@b.example>', 'b at c at (a at b.example)'],
  ])('%s', (value, shown) => {
    const out = rewrite(`From: ${value}\r\n${usual}`)
    expect(names(out, 'from')).toEqual([shown])
    expect(addresses(out, 'from')).toEqual(['r.0@burn.example'])
    expect(out).not.toMatch(/^Bcc:/im)
  })
  test('an encoded word with raw specials in it is split first, so nothing of it is answered to', () => {
    const out = rewrite(`From: =?utf-8?Q?a=0D=0ABcc:x@y.example,?= <a@b.example>\r\n${usual}`)
    expect(addresses(out, 'from').every((one) => one.endsWith('@burn.example'))).toBe(true)
    expect(out).not.toMatch(/^Bcc:/im)
  })
  test('a long name is cut on a grapheme', () => {
    const family = '👨‍👩‍👧‍👦'
    const [shown = ''] = names(rewrite(`From: ${family.repeat(200)} <a@b.example>\r\n${usual}`), 'from')
    expect(shown).toBe(`${family.repeat(9)}… (a at b.example)`)
    const [stacked = ''] = names(rewrite(`From: a${'\u0301'.repeat(10_000)} <a@b.example>\r\n${usual}`), 'from')
    expect(stacked.length).toBeLessThan(250)
  })
})

describe('D07 Reply-To', () => {
  const replyTo = (value: string) => addresses(rewrite(`From: a@shop.example\r\nReply-To: ${value}\r\n${usual}`), 'reply-to')
  test.each([
    ['one', 'b@shop.example', ['r.1@burn.example']],
    ['the author', 'A@shop.example', ['r.0@burn.example']],
    ['several', 'b@shop.example, "C" <c@shop.example>', ['r.1@burn.example', 'r.2@burn.example']],
    ['the alias', 'shop-7kq2m@burn.example', []],
    ['another alias and an inbox of the same user', 'other-22222@burn.example, ME@real.example, b@shop.example', ['r.1@burn.example']],
    ['a group', 'Help: b@shop.example, c@shop.example;', ['r.1@burn.example', 'r.2@burn.example']],
    ['junk', 'ceo@victim(x)@evil', []],
  ])('%s', (_, value, expected) => {
    expect(replyTo(value)).toEqual(expected)
  })
  test('none stays none: an answer goes to From', () => {
    expect(rewrite(`From: a@shop.example\r\n${usual}`)).not.toMatch(/^reply-to/im)
    expect(rewrite(`From: a@shop.example\r\nReply-To: me@real.example\r\n${usual}`)).not.toMatch(/^reply-to/im)
  })
})

test('D08 To and Cc: own addresses stay, other people become reverse aliases, groups stay groups', () => {
  const out = rewrite(
    'From: a@shop.example\r\nTo: "Me" <me@real.example>, Bob <bob@x.example>\r\n'
      + `Cc: Team: carl@x.example, shop-7kq2m@burn.example; undisclosed-recipients:;\r\n${usual}`,
  )
  expect(values(out, 'to')).toEqual(['"Me" <me@real.example>, "Bob (bob at x.example)" <r.1@burn.example>'])
  expect(values(out, 'cc')).toEqual(['"Team": "carl at x.example" <r.2@burn.example>, shop-7kq2m@burn.example;, "undisclosed-recipients": ;'])
})

test('D08 To keeps its bytes only where no program can read another address in it', () => {
  const to = (value: string) => rewrite(`From: a@shop.example\r\nTo: ${value}\r\n${usual}`)
  expect(to('Me\r\n\t<shop-7kq2m@burn.example>')).toContain('\r\nTo: Me\r\n\t<shop-7kq2m@burn.example>\r\n')
  for (const name of ['"x@evil.example"', '=?utf-8?Q?x=40evil.example?=', '(x@evil.example)', 'x＠evil.example']) {
    const out = to(`${name} <shop-7kq2m@burn.example>`)
    expect(addresses(out, 'to')).toEqual([alias])
    expect(names(out, 'to')).toEqual(['x at evil.example'])
  }
})

test('D08 the first 30 distinct addresses get a reverse alias, no address is lost', () => {
  const to = Array.from({ length: 60 }, (_, n) => `"P, ${n}" <p${n}@x.example>`).join(',\r\n ')
  const out = rewrite(`From: a@shop.example\r\nTo: ${to}, shop-7kq2m@burn.example\r\nCc: P1@X.example, q@x.example, junk\r\n${usual}`)
  expect(addresses(out, 'to')).toEqual([...Array.from({ length: 29 }, (_, n) => `r.${n + 1}@burn.example`), 'shop-7kq2m@burn.example'])
  expect(addresses(out, 'x-burnbox-to')).toEqual(Array.from({ length: 31 }, (_, n) => `p${n + 29}@x.example`))
  expect(addresses(out, 'cc')).toEqual(['r.2@burn.example'])
  expect(values(out, 'x-burnbox-cc')).toEqual(['q@x.example, junk'])
})

test('what a mail program would answer to goes through the alias', () => {
  const out = rewrite(
    `From: a@shop.example\r\nDisposition-Notification-To: r@x.example\r\nMail-Followup-To: f@x.example, junk@\r\nMail-Reply-To: a@shop.example\r\n` +
      'List-Unsubscribe: <mailto:u%2B1@l.example?subject=bye%20now&cc=c@l.example>, <https://l.example/u?x=mailto:q@l.example>\r\n' +
      'List-Post: <mailto:post@l.example>\r\nList-Help: <mail\r\n to:help@l.example>\r\nList-Owner: <mailto:junk>\r\nList-Archive: <https://l.example/>\r\n' +
      `List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n${usual}`,
  )
  expect(addresses(out, 'disposition-notification-to')).toEqual(['r.1@burn.example'])
  expect(addresses(out, 'mail-followup-to')).toEqual(['r.2@burn.example'])
  expect(addresses(out, 'mail-reply-to')).toEqual(['r.0@burn.example'])
  expect(values(out, 'list-unsubscribe')).toEqual(['<mailto:r.3@burn.example?subject=bye%20now>, <https://l.example/u?x=mailto:q@l.example>'])
  expect(values(out, 'list-post')).toEqual(['<mailto:r.4@burn.example>'])
  expect(values(out, 'list-help')).toEqual(['<mailto:r.5@burn.example>'])
  expect(values(out, 'list-owner')).toEqual([])
  expect(out).toContain('List-Archive: <https://l.example/>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
})

test('Sender is kept for people only; receipts, bounces and hidden recipients go', () => {
  const gone = ['Return-Path', 'DKIM-Signature', 'Bcc', 'Resent-Bcc', 'Resent-Reply-To', 'Errors-To', 'X-Confirm-Reading-To', 'Return-Receipt-To']
  const resent = 'Resent-From: x@y.example\r\nResent-Date: now\r\n'
  const out = rewrite(`From: a@shop.example\r\nSender: s@shop.example\r\n${gone.map((name) => `${name}: z@shop.example\r\n`).join('')}${resent}${usual}`)
  expect(out).not.toContain('z@shop.example')
  expect(values(out, 'sender')).toEqual([])
  expect(values(out, 'x-burnbox-sender')).toEqual(['s@shop.example'])
  expect(out).toContain(resent)
})

test('D15 an empty or missing From, Date or Message-ID: answered through the alias, made up only when absent, and marked', () => {
  const none = rewrite('Subject: x\r\n')
  expect(values(none, 'x-burnbox-added')).toEqual(['Date, From, Message-ID'])
  expect(values(none, 'date')).toEqual(['Sun, 22 Nov 2026 07:52:00 +0000'])
  expect(values(none, 'message-id')).toEqual(['<made@burn.example>'])
  expect(addresses(none, 'from')).toEqual([alias])
  expect(rewrite('From: a@b.example\r\nDate: \r\nMessage-ID: junk\r\n')).not.toMatch(/x-burnbox-added/i)
  expect(addresses(rewrite(`From:\r\n${usual}`), 'from')).toEqual([alias])
  const several = rewrite(`From: a@b.example\r\nFrom: c@d.example, e@f.example\r\n${usual}`)
  expect(addresses(several, 'from')).toEqual(['r.0@burn.example'])
  expect(values(several, 'x-burnbox-from')).toEqual(['a@b.example', 'c@d.example, e@f.example'])
})

test('D16 duplicated fields are each treated as the first', () => {
  const twice = 'Subject: 1\r\nSubject: 2\r\nDate: 1\r\nDate: 2\r\nMessage-ID: <1@x>\r\nMessage-ID: <2@x>\r\n'
  const out = rewrite(`From: a@b.example\r\nTo: c@d.example\r\nTo: shop-7kq2m@burn.example\r\nTo: e@f.example\r\n${twice}`)
  expect(out.endsWith(twice)).toBe(true)
  expect(addresses(out, 'to')).toEqual(['r.1@burn.example', alias, 'r.2@burn.example'])
})

test('D17 forged fields of ours go before ours are added', () => {
  const out = rewrite(
    'X-Burnbox-From: boss@victim.example\r\nx-burnbox-anything : 1\r\nAuthentication-Results: burn.example; dmarc=pass\r\n' +
      'Authentication-Results: (x) BURN.example. 1; spf=pass\r\nAuthentication-Results: "burn.example"; x\r\nAuthentication-Results: ; x\r\n' +
      `Authentication-Results: mx.other.example; spf=pass\r\nDelivered-To: me@real.example\r\nDelivered-To: z@other.example\r\nFrom: a@b.example\r\n${usual}`,
  )
  expect(values(out, 'x-burnbox-from')).toEqual(['a@b.example'])
  expect(out).not.toContain('anything')
  expect(values(out, 'authentication-results')).toEqual(['mx.other.example; spf=pass'])
  expect(values(out, 'delivered-to')).toEqual(['z@other.example'])
})

test('C16 lines that are no field can not continue ours nor end the header', () => {
  const out = rewrite(` evil: x\r\nFrom: a@b.example\r\n${usual}`)
  expect(out).not.toContain('evil')
  expect(values(rewrite(`From x@y Mon Jan 1\r\nFrom: a@b.example\r\n${usual}`), 'x-mailbox-line')).toEqual(['From x@y Mon Jan 1'])
  expect(rewrite(`From: a@b.example\r\n: only\r\n${usual}`)).toContain('\r\n: only\r\n')
})

test('bare CR, bare LF and NUL never become a line', () => {
  const out = rewrite(`From: a@b.example\r\nX: 1\rReply-To: evil@x.example\r\nY: 2\0\r\nZ: 3\nReply-To: evil2@x.example\r\n${usual}Last: 4`)
  expect(out).not.toMatch(/\0|\r(?!\n)|(?<!\r)\n/)
  expect(addresses(out, 'reply-to')).toEqual(['r.1@burn.example'])
  expect(out.endsWith('Last: 4\r\n')).toBe(true)
})

test('a bounced forward is restored and forwarded again, the same for its reader', () => {
  const first = rewrite('From: Ann <ann@shop.example>\r\nSender: s@shop.example\r\nReply-To: b@shop.example\r\n'
    + 'To: shop-7kq2m@burn.example, c@x.example\r\nSubject: x\r\n')
  const restored = restoreBounced(parseFields(Buffer.from(`DKIM-Signature: of a server behind us\r\n${first}`))).toString()
  expect(values(restored, 'from')).toEqual(['Ann <ann@shop.example>'])
  expect(values(restored, 'sender')).toEqual(['s@shop.example'])
  expect(restored).not.toMatch(/x-burnbox|^date:/im)
  const second = rewrite(restored)
  for (const name of ['from', 'to', 'reply-to', 'subject', 'date', 'x-burnbox-from', 'x-burnbox-sender']) {
    expect([name, addresses(second, name), values(second, name).length]).toEqual([name, addresses(first, name), values(first, name).length])
  }
})
