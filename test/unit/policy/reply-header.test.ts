// The header that leaves: an allow-list, and who is named in it.
import { describe, expect, test } from 'vitest'
import { parseMailbox, type Mailbox } from '../../../src/mail/address.ts'
import { parseFields } from '../../../src/mail/header.ts'
import { replyHeader, type ReplyHeaderFacts } from '../../../src/policy/reply-header.ts'

const mailbox = (text: string): Mailbox => parseMailbox(text)!
const [shop, desk] = ['r.aaaaaaaaaaaaaaaaaaaaaaaaaa@burn.example', 'r.bbbbbbbbbbbbbbbbbbbbbbbbbb@burn.example'].map(mailbox)
const elsewhere = mailbox('r.cccccccccccccccccccccccccc@burn.example')
const correspondents = new Map([[shop, mailbox('orders@shop.example')], [desk, mailbox('desk@shop.example')]])

const facts: ReplyHeaderFacts = {
  alias: mailbox('shop-1@burn.example'), displayName: '', at: new Date('2026-01-02T03:04:05Z'), outsideAllowed: false, messageId: 'ours@burn.example',
  correspondentOf: (one) => { const address = correspondents.get(one); return address && { address } },
  isOwn: (one) => one === 'ann@home.example' || one === 'shop-1@burn.example', isOurDomain: (domain) => domain === 'burn.example', threadId: (id) => id,
}
const noThread = { inReplyTo: [], references: [] }

const header = (fields: readonly string[], more: Partial<ReplyHeaderFacts> = {}): string => {
  const made = replyHeader(parseFields(Buffer.from(`${fields.join('\r\n')}\r\n\r\n`)), noThread, { ...facts, ...more })
  return made.kind === 'header' ? made.header.toString('latin1').replaceAll(/\r\n[ \t]+/g, ' ') : made.kind
}
const line = (fields: readonly string[], name: string, more: Partial<ReplyHeaderFacts> = {}): string | undefined =>
  header(fields, more).split('\r\n').find((one) => one.startsWith(`${name}: `))?.slice(name.length + 2)

// As these programs and providers write them; the values are made up.
const shapes: Readonly<Record<string, readonly string[]>> = {
  Gmail: [
    'DKIM-Signature: v=1; a=rsa-sha256; d=gmail.com; s=2; h=from; bh=x; b=y', 'X-Google-DKIM-Signature: v=1; d=1e100.net', 'X-Gm-Message-State: AOJu0Yx',
    'X-Google-Smtp-Source: AGHT+IF', 'X-Received: by 2002:a05:6402', 'Received: from [10.0.0.5] (p.isp.example [192.0.2.7]) by smtp.gmail.com',
    'ARC-Seal: i=1; d=google.com', 'ARC-Message-Signature: i=1', 'ARC-Authentication-Results: i=1; mx.google.com', 'Return-Path: <ann@home.example>',
    'Delivered-To: ann@home.example',
  ],
  Outlook: [
    'X-MS-Has-Attach:', 'X-MS-Exchange-CrossTenant-userprincipalname: ann', 'X-MS-Exchange-Organization-AuthSource: AM9.home.example',
    'Thread-Index: AQHa', 'Thread-Topic: Your order', 'X-Originating-IP: [192.0.2.7]', 'Accept-Language: de-DE, en-US', 'msip_labels:',
    'x-ms-exchange-senderadcheck: 1', 'Sender: ann@home.example', 'Authentication-Results: spf=none smtp.mailfrom=home.example',
  ],
  Apple: [
    'X-Mailer: Apple Mail (2.3774)', 'X-Universally-Unique-Identifier: 1234', 'X-Apple-Mail-Remote-Attachments: YES', 'X-Uniform-Type-Identifier: com.apple',
  ],
  Thunderbird: [
    'User-Agent: Mozilla Thunderbird', 'X-Mozilla-Draft-Info: internal/draft', 'X-Identity-Key: id1', 'Fcc: imap://ann%40home.example@imap.home.example/Sent',
    'Autocrypt: addr=ann@home.example; keydata=x', 'OpenPGP: id=1234', 'Organization: Ann Ltd', 'X-Account-Key: account1',
  ],
  Proton: ['X-Pm-Message-ID: abc', 'Feedback-ID: 1:user:proton', 'X-Pm-Spamscore: 0', 'X-Attached: publickey - ann@home.example - 0x12.asc'],
  others: [
    'Disposition-Notification-To: ann@home.example', 'Return-Receipt-To: ann@home.example', 'Errors-To: ann@home.example', 'Reply-To: ann@home.example',
    'Mail-Followup-To: ann@home.example', 'List-Id: <x.home.example>', 'List-Unsubscribe: <mailto:ann@home.example>', 'X-Face: x', 'Face: x',
    'Bcc: ann@home.example',
    'Resent-From: ann@home.example', 'Comments: Ann', 'Keywords: Ann', 'X-Priority: 1', 'Importance: high', 'Content-ID: <x@home.example>',
    'Content-Location: http://home.example/', 'Jabber-ID: ann@home.example', 'Precedence: list', 'X-Burnbox-Alias: shop-2@burn.example', 'not a field at all',
  ],
}

describe('N03 of the fields that programs and providers write none leaves', () => {
  test.each(Object.entries(shapes))('%s', (_, fields) => {
    const made = header(['From: Ann <ann@home.example>', `To: ${shop}`, 'Subject: Re: x', 'Date: Thu, 1 Jan 2026 12:00:00 +0200',
      'MIME-Version: 1.0 (Mac OS X)', 'Content-Type: text/plain; charset=utf-8', ...fields])
    expect(made.split('\r\n').map((one) => one.slice(0, one.indexOf(':')))).toEqual(
      ['Received', 'From', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type', ''])
    expect(made).not.toMatch(/home\.example|192\.0\.2|ann|google|outlook/i)
  })
})

test('N04 the From is the alias with its own name, whatever the program says', () => {
  expect(line(['From: "Ann Real" (Ann) <ann@home.example>', `To: ${shop}`], 'From')).toBe('shop-1@burn.example')
  expect(line(['From: Ann', `To: ${shop}`], 'From', { displayName: 'A. customer' })).toBe('"A. customer" <shop-1@burn.example>')
  expect(line([`To: ${shop}`], 'From', { displayName: 'Käthe' })).toBe('=?UTF-8?B?S8OkdGhl?= <shop-1@burn.example>')
})

test('N12 our Received names neither client nor provider', () => {
  expect(line(['Received: from laptop by mx.home.example', `To: ${shop}`], 'Received')).toBe('by burn.example; Fri, 02 Jan 2026 03:04:05 +0000')
})

describe('the date', () => {
  test.each([
    ['Thu, 1 Jan 2026 12:00:00 +0200', 'Thu, 01 Jan 2026 10:00:00 +0000'], ['Thu, 1 Jan 2026 12:00:00 -0800 (PST)', 'Thu, 01 Jan 2026 20:00:00 +0000'],
    ['yesterday', 'Fri, 02 Jan 2026 03:04:05 +0000'], ['', 'Fri, 02 Jan 2026 03:04:05 +0000'],
  ])('%s', (written, left) => expect(line([`To: ${shop}`, `Date: ${written}`], 'Date')).toBe(left))
})

describe('To and Cc', () => {
  test('reverse aliases of this alias become those behind them, with the names that these gave themselves', () => {
    const fields = [`To: "Shop (orders at shop.example)" <${shop}>`, `Cc: "that awful desk" <${desk}>`]
    expect(line(fields, 'To')).toBe('"Shop" <orders@shop.example>')
    expect(line(fields, 'Cc')).toBe('desk@shop.example')
  })
  test('with the secret of an inbox in it', () => {
    expect(line([`To: ${shop}`], 'To', { correspondentOf: () => ({ address: mailbox('orders@shop.example') }) })).toBe('orders@shop.example')
  })
  test('N09 D31 own addresses and reverse aliases of other aliases are left out', () => {
    const fields = [`To: ${shop}, Ann <ann@home.example>, shop-1@burn.example`, `Cc: ann@home.example, ${elsewhere}`]
    expect(line(fields, 'To')).toBe('orders@shop.example')
    expect(line(fields, 'Cc')).toBeUndefined()
  })
  test.each([
    `To: ${shop}, friend@other.example`, `To: ${shop}\r\nCc: friend@other.example`, `To: friends: ${shop}, friend@other.example;`,
    `To: ${shop}\r\nCc: friend(x)@other.example`, `To: ${shop}, <<friend@other.example>>`, `To: ${shop}\r\nTo: friend@other.example`,
  ])('N09 D31 a real address outside stops the message: %s', (field) => expect(header([field])).toBe('outside'))
  test('whoever signed in may name anybody', () => {
    expect(line([`To: ${shop}, Friend <friend@other.example>`], 'To', { outsideAllowed: true })).toBe('orders@shop.example, "Friend" <friend@other.example>')
  })
  test('nobody named: said so', () => {
    expect(line([], 'To')).toBe('undisclosed-recipients:;')
    expect(line(['To: undisclosed-recipients:;'], 'To')).toBe('undisclosed-recipients:;')
  })
})

test('of a field that is there twice one leaves', () => {
  const made = header([`To: ${shop}`, 'Content-Type: text/plain', 'Content-Type: text/html', 'Subject: a', 'Subject: b'])
  expect(made.match(/^Content-Type:/gm)).toHaveLength(1)
  expect(made.match(/^Subject:/gm)).toHaveLength(1)
})
