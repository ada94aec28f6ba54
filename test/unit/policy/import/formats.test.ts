// What each format is read into, and what hostile or broken files come to.
import { describe, expect, test } from 'vitest'
import { readFormat, type ImportFormat } from '../../../../src/policy/import/formats.ts'
import { NotThisFormat, type ImportLine, type ImportRow } from '../../../../src/policy/import/row.ts'

const read = (format: ImportFormat, text: string): readonly ImportLine[] => readFormat(format, { kind: 'text', text }, 'burn.example')
const parts = (format: ImportFormat, files: Readonly<Record<string, string>>) =>
  readFormat(format, { kind: 'parts', parts: new Map(Object.entries(files)) }, 'burn.example')
const rows = (lines: readonly ImportLine[]): readonly ImportRow[] => lines.filter((line) => line.kind === 'row')
const why = (lines: readonly ImportLine[]): readonly string[] => lines.flatMap((line) => line.kind === 'unreadable' ? [`${line.line}: ${line.why}`] : [])

describe('SimpleLogin', () => {
  test('the CSV: state, note with line breaks, several inboxes, and lines as an editor counts them', () => {
    const lines = read('simplelogin', '\ufeffalias,note,enabled,mailboxes\r\nShop.1x@sl.example,"two\nlines, and ""quotes""",True,a@x.example b@x.example\r\n'
      + '\r\nleak@sl.example,,False,a@x.example\r\nnonsense,,True,\r\n')
    expect(rows(lines)).toMatchObject([
      { line: 2, address: 'shop.1x@sl.example', state: 'active', note: 'two\nlines, and "quotes"', inboxes: ['a@x.example', 'b@x.example'] },
      { line: 5, address: 'leak@sl.example', state: 'burned', note: null },
    ])
    expect(why(lines)).toEqual(['6: This is not an e-mail address.'])
  })

  test('the CSV without mailboxes, and what a German Excel makes of it', () => {
    expect(rows(read('simplelogin', 'alias;note;enabled\na@sl.example;amazon.de;true\n'))).toMatchObject([{ note: 'amazon.de', site: 'amazon.de',
      inboxes: [] }])
  })

  test('the JSON of its API', () => {
    const text = JSON.stringify({ email: 'me@x.example', name: 'Me', aliases: [{ email: 'a@sl.example', enabled: false }, { enabled: true }], apps: [] })
    const lines = read('simplelogin', text)
    expect(rows(lines)).toMatchObject([{ line: 1, address: 'a@sl.example', state: 'burned' }])
    expect(why(lines)).toEqual(['2: This entry has no "email".'])
  })

  test('the zip of its tables: name, pinned, created, inbox by its id, trash refuses', () => {
    const lines = parts('simplelogin', {
      'aliases.json': JSON.stringify([
        { id: 1, email: 'a@sl.example', enabled: true, note: null, name: 'Me', pinned: true, mailbox_id: 7, created_at: '2021-03-01T12:00:00.123456+00:00' },
        { id: 2, email: 'b@sl.example', enabled: true, mailbox_id: 8, delete_on: '2026-01-01T00:00:00+00:00' },
      ]),
      'mailboxes.json': JSON.stringify([{ id: 7, email: 'Real@X.example' }]),
    })
    expect(rows(lines)).toMatchObject([
      { displayName: 'Me', pinned: true, inboxes: ['real@x.example'], createdAt: new Date('2021-03-01T12:00:00.123Z') }, { state: 'closed', inboxes: [] },
    ])
  })
})

describe('addy.io', () => {
  const head = 'id,user_id,local_part,extension,email,domain,description,from_name,active,emails_forwarded,emails_blocked,emails_replied,'
    + 'last_forwarded,created_at,deleted_at'
  test('its export as CSV: counts, times in UTC, off is burned, deleted is closed', () => {
    const lines = read('addy', `${head}\n1,u,shop,,shop@me.addy.example,me.addy.example,"Shop, the",Me,1,12,3,1,2024-05-01 10:00:00,2023-01-31 12:00:00,\n`
      + `2,u,off,,off@me.addy.example,me.addy.example,,,,0,0,0,,2023-01-31 12:00:00,\n`
      + `3,u,gone,,gone@me.addy.example,me.addy.example,,,,0,0,0,,,2024-01-01 00:00:00\n`)
    expect(rows(lines)).toMatchObject([
      {
        address: 'shop@me.addy.example', state: 'active', note: 'Shop, the', displayName: 'Me', delivered: 12, held: 3, replied: 1,
        createdAt: new Date('2023-01-31T12:00:00Z'), lastMessageAt: new Date('2024-05-01T10:00:00Z'),
      },
      { state: 'burned' }, { state: 'closed' },
    ])
  })

  test('the table that its own import takes', () => {
    expect(rows(read('addy', 'alias,description,recipients\na@own.example,note,"x@x.example, y@y.example"\n'))).toMatchObject([
      { inboxes: ['x@x.example', 'y@y.example'] },
    ])
  })

  test('XLSX: shared strings, inline strings, booleans, gaps between cells, rich text', () => {
    const sheet = '<?xml version="1.0"?><worksheet xmlns="x"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c>'
      + '<c r="D1" t="inlineStr"><is><t>active</t></is></c><c r="E1" t="inlineStr"><is><t>domain</t></is></c>'
      + '<c r="F1" t="inlineStr"><is><t>description</t></is></c></row>'
      + '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="C3" t="s"><v>2</v></c><c r="D3" t="b"><v>1</v></c>'
      + '<c r="F3" t="s"><v>3</v></c></row></sheetData></worksheet>'
    const shared = '<sst><si><t>local_part</t></si><si><t>email</t></si><si><t>a@own.example</t></si>'
      + '<si><r><t>rich </t></r><rPh><t>not this</t></rPh><r><t xml:space="preserve">&amp; text</t></r></si></sst>'
    expect(rows(parts('addy', { 'xl/worksheets/sheet1.xml': sheet, 'xl/sharedStrings.xml': shared }))).toMatchObject([
      { line: 3, address: 'a@own.example', state: 'active', note: 'rich & text' },
    ])
  })

  test('XLSX with entities of its own, a broken one, cells far outside', () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
      + '<worksheet><sheetData><row r="1"><c r="A1"><v>&b;</v></c></row></sheetData></worksheet>'
    expect(() => parts('addy', { 'xl/worksheets/sheet1.xml': bomb })).toThrow(NotThisFormat)
    expect(() => parts('addy', { 'xl/worksheets/sheet1.xml': '<worksheet><row' })).toThrow(NotThisFormat)
    const far = '<worksheet><row r="1"><c r="ZZZ1"><v>alias</v></c><c r="A1"><v>alias</v></c></row>'
      + '<row r="2"><c r="ZZZ2"><v>x</v></c><c r="A2"><v>a@b.example</v></c></row></worksheet>'
    expect(rows(parts('addy', { 'xl/worksheets/sheet1.xml': far }))).toMatchObject([{ address: 'a@b.example' }])
  })
})

describe('Firefox Relay', () => {
  const mask = { full_address: 'x1@mozmail.example', enabled: false, description: 'Newsletter', generated_for: 'https://www.shop.co.uk/', num_forwarded: 5,
    num_blocked: 2, num_replied: 0, created_at: '2024-01-01T00:00:00Z', last_used_at: null }
  const wanted = { address: 'x1@mozmail.example', state: 'burned', note: 'Newsletter', site: 'shop.co.uk', delivered: 5, held: 2, lastMessageAt: null }
  test('the answer of its API', () => expect(rows(read('relay', JSON.stringify([mask])))).toMatchObject([wanted]))
  test('the same as a table', () => {
    const names = Object.keys(mask) as (keyof typeof mask)[]
    expect(rows(read('relay', `${names.join(',')}\n${names.map((name) => mask[name] ?? '').join(',')}\n`))).toMatchObject([wanted])
  })
  test('the addresses alone', () => expect(rows(read('relay', 'a@mozmail.example\nb@mozmail.example\n'))).toHaveLength(2))
})

test('plain text: notes, comments, brackets, every kind of line end', () => {
  const lines = read('text', '# mine\na@x.example\r\n<b@x.example>  the shop\rc@x.example, note # more\n\n  d@x.example\tx\nnobody\n')
  expect(rows(lines).map(({ line, address, note }) => [line, address, note])).toEqual([
    [2, 'a@x.example', null], [3, 'b@x.example', 'the shop'], [4, 'c@x.example', 'note # more'], [6, 'd@x.example', 'x'],
  ])
  expect(why(lines)).toEqual(['7: This is not an e-mail address.'])
})

describe('Postfix', () => {
  test('a virtual alias table: comments, continuation, several inboxes, and what cannot be taken', () => {
    const lines = read('postfix', [
      '# comment', 'Shop@burn.example  me@home.example', 'both@burn.example me@home.example,', '  # inside', '   you@home.example', '',
      '@burn.example me@home.example', 'burn.example anything', 'name me@home.example', 'root@burn.example root', '/^x.*@burn\\.example$/ me@home.example',
      'chain@burn.example both@burn.example', 'mixed@burn.example me@home.example, |/bin/cat', 'empty@burn.example', '"odd one"@burn.example me@home.example',
    ].join('\n'))
    expect(rows(lines).map(({ line, address, inboxes, remark }) => [line, address, inboxes, remark])).toEqual([
      [2, 'shop@burn.example', ['me@home.example'], null],
      [3, 'both@burn.example', ['me@home.example', 'you@home.example'], null],
      [12, 'chain@burn.example', ['me@home.example', 'you@home.example'], null],
      [13, 'mixed@burn.example', ['me@home.example'], 'Without |/bin/cat is a program.'],
    ])
    expect(why(lines)).toEqual([
      '7: This takes every address of the domain: Burnbox has only addresses that you made.', '8: This names a domain and no address.',
      '9: This name has no domain: write it as name@domain.', '10: root is a user of that machine, not an address.',
      '11: This is a pattern: Burnbox has no addresses by pattern.', '14: There is no inbox in this line.',
      '15: Addresses here have plain letters, digits, dots and hyphens before the @.',
    ])
  })

  test('entries that name each other end', () => {
    const lines = read('postfix', 'a@x.example b@x.example\nb@x.example a@x.example\nc@x.example a@x.example, me@home.example\n')
    expect(why(lines)).toEqual(['1: It leads to itself.', '2: It leads to itself.'])
    expect(rows(lines)).toMatchObject([{ inboxes: ['me@home.example'] }])
    const many = Array.from({ length: 60 }, (_, n) => `n${n}@x.example ${Array.from({ length: 60 }, (__, m) => `n${m}@x.example`).join(',')}`).join('\n')
    expect(rows(read('postfix', many))).toEqual([])
  })

  test('/etc/aliases: quotes, programs, files, lists, chains, users of the machine', () => {
    const lines = read('aliases', [
      'shop: me@home.example', 'team: shop, "you@home.example"', '"with space": me@home.example', 'prog: "|/usr/bin/vacation me"', 'file: /var/mail/x',
      'list: :include:/etc/list', 'owner-list: me@home.example', 'root: admin', 'self: self, me@home.example', 'escaped: \\root', 'no colon here', 'odd:',
    ].join('\n'))
    expect(rows(lines).map(({ address, inboxes }) => [address, inboxes])).toEqual([
      ['shop@burn.example', ['me@home.example']], ['team@burn.example', ['me@home.example', 'you@home.example']], ['self@burn.example', ['me@home.example']],
    ])
    expect(why(lines)).toEqual([
      '3: This is not an e-mail address.', '4: |/usr/bin/vacation me is a program.', '5: /var/mail/x is a file.',
      '6: :include:/etc/list is a list in a file of that machine.', '7: This says who runs a list; it is no address to give away.',
      '8: admin is a user of that machine, not an address.', '10: root is a user of that machine, not an address.',
        '11: This line is not of the form "name: target".',
      '12: There is no target in this line.',
    ])
  })
})

describe('whatever comes', () => {
  test('a file of another kind is said to be one', () => {
    for (const [format, text] of [['simplelogin', 'a,b\n1,2\n'], ['simplelogin', '{"aliases": 1}'], ['simplelogin', '{'], ['addy', 'x,y\n'], ['relay', '{}'],
      ['relay', 'x,y\n1,2\n']] as const) expect(() => read(format, text)).toThrow(NotThisFormat)
    expect(() => parts('relay', {})).toThrow(NotThisFormat)
    expect(() => parts('addy', { 'aliases.json': '[]' })).toThrow(NotThisFormat)
  })

  test('control characters, halves of surrogate pairs and long texts become what the database takes', () => {
    const [row] = rows(read('simplelogin', `alias,note\na@x.example,"x\u0000\ud800y${'z'.repeat(20_000)}"\n`))
    expect(row!.note).toHaveLength(10_000)
    expect(row!.note).toMatch(/^x \ufffdyz/)
  })

  test('numbers and times that are none', () => {
    const [row] = rows(read('relay', JSON.stringify([{ full_address: 'a@x.example', num_forwarded: -5, num_blocked: 'x', num_replied: 1e99,
      created_at: '0001-01-01',
      last_used_at: '2024-99-99T00:00:00Z', enabled: { toString: 1 }, description: ['x'] }])))
    expect(row).toMatchObject({ delivered: 0, held: 0, createdAt: null, lastMessageAt: null, note: null, state: 'active' })
  })

  test('JSON that is a thousand lists deep', () => {
    expect(read('relay', `[${'['.repeat(1_000)}${']'.repeat(1_000)}]`)).toMatchObject([{ kind: 'unreadable' }])
  })

  test('a table of which every line has another number of cells', () => {
    expect(rows(read('simplelogin', 'alias,note,enabled\na@x.example\nb@x.example,n,true,1,2,3\n'))).toHaveLength(2)
    expect(() => read('simplelogin', `${'alias,'.repeat(600)}\n`)).toThrow(NotThisFormat)
    expect(() => read('simplelogin', 'alias,note\n"a@x.example,open quote\n')).toThrow(/line 2/)
  })
})
