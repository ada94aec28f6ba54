import { describe, expect, test } from 'vitest'
import { domainOf, isDotAtom, localPartOf, lowerCased, parseDomain, parseMailbox, parseReversePath, withoutSourceRoute } from '../../../src/mail/address.ts'

const mailbox = (text: string) => {
  const parsed = parseMailbox(text)
  if (parsed === undefined) throw new Error(`no mailbox: ${text}`)
  return parsed
}

describe('A47 quoted local-parts are accepted and never misparsed', () => {
  test.each([
    ['"a b"@d.example', '"a b"', 'd.example'],
    ['"a@b"@d.example', '"a@b"', 'd.example'],
    ['"a\\"b"@d.example', '"a\\"b"', 'd.example'],
    ['"a..b"@d.example', '"a..b"', 'd.example'],
    ['"x@evil.example> "@d.example', '"x@evil.example> "', 'd.example'],
    ['"shop"@d.example', 'shop', 'd.example'], // RFC 5321 §4.1.2: the same mailbox as shop@
    ['"sh\\op"@d.example', 'shop', 'd.example'],
  ])('%s', (text, localPart, domain) => {
    expect([localPartOf(mailbox(text)), domainOf(mailbox(text))]).toEqual([localPart, domain])
  })

  test.each(['"a"b"@d', '"a@d', '"a"@', '"a\r\nb"@d', '"a"x@d', '""a@d', 'a"b"@d', '"a\0"@d'])('no mailbox: %j', (text) => {
    expect(parseMailbox(text)).toBeUndefined()
  })
})

describe('A48 odd dots of real phones are accepted from outsiders, and told apart', () => {
  test.each(['a..b@docomo.example', '.a@docomo.example', 'a.@docomo.example'])('%s', (text) => {
    expect(parseMailbox(text)).toBe(text)
    expect(isDotAtom(localPartOf(mailbox(text)))).toBe(false)
  })
})

describe('A49 lengths', () => {
  const label = (octets: number) => 'd'.repeat(octets)
  const domain253 = `${label(63)}.${label(63)}.${label(63)}.${label(61)}`

  test('a local-part of 64 octets, not of 65; UTF-8 counts in octets', () => {
    expect(parseMailbox(`${'l'.repeat(64)}@d.example`)).toBeDefined()
    expect(parseMailbox(`${'l'.repeat(65)}@d.example`)).toBeUndefined()
    expect(parseMailbox(`${'ü'.repeat(32)}@d.example`)).toBeDefined()
    expect(parseMailbox(`${'ü'.repeat(33)}@d.example`)).toBeUndefined()
  })
  test('an address of 254 octets, not of 255', () => {
    const rest = `@${label(63)}.${label(63)}.${label(62)}`
    expect(parseMailbox(`${'l'.repeat(254 - rest.length)}${rest}`)).toHaveLength(254)
    expect(parseMailbox(`${'l'.repeat(255 - rest.length)}${rest}`)).toBeUndefined()
  })
  test('a label of 63, not of 64; a domain of 253, not of 254', () => {
    expect(parseMailbox(`a@${label(63)}.example`)).toBeDefined()
    expect(parseMailbox(`a@${label(64)}.example`)).toBeUndefined()
    expect(parseDomain(domain253)).toHaveLength(253)
    expect(parseDomain(`${domain253}d`)).toBeUndefined()
  })
})

describe('A50 address literals and short domains are syntax, not rubbish', () => {
  test.each([
    ['u@[192.0.2.1]', 'u@[192.0.2.1]'],
    ['u@[IPv6:2001:DB8:0:0::1]', 'u@[IPv6:2001:db8::1]'],
    ['u@[ipv6:::1]', 'u@[IPv6:::1]'],
    ['u@localhost', 'u@localhost'],
    ['u@t', 'u@t'],
  ])('%s', (text, canonical) => {
    expect(parseMailbox(text)).toBe(canonical)
  })
  test.each(['u@[192.0.2.256]', 'u@[192.0.2]', 'u@[IPv6:zz]', 'u@[2001:db8::1]', 'u@[', 'u@[]', 'u@[192.0.2.1]x', 'u@[IPv6:::1]]'])('no: %s', (text) => {
    expect(parseMailbox(text)).toBeUndefined()
  })
})

test('A28 a domain has one spelling: lower-case A-labels, whatever dots and widths were typed', () => {
  for (const domain of [
    'bücher.example', 'BÜCHER.example', 'xn--bcher-kva.example', 'XN--BCHER-KVA.example.',
    'bücher。example', 'bücher．example', 'ｂücher.example',
  ]) {
    expect(parseDomain(domain)).toBe('xn--bcher-kva.example')
  }
})

test('a domain never turns into an address, a path, a port or an IP address', () => {
  for (const domain of [
    'a/b.example', 'a%2eb', 'a:25', 'a@b', 'a b', 'ü\u2028x', '℀.example', '0x7f.ü', '１２７.０.０.１',
    '-a.example', 'a-.example', 'a..b', '.a', '', 'ü\r\nx',
  ]) {
    const parsed = parseDomain(domain)
    if (parsed !== undefined) expect(parsed).toMatch(/^xn--[a-z0-9-]+$|^0x7f\.xn--tda$/)
  }
  expect(parseDomain('１２７.０.０.１')).toBeUndefined()
})

test('control characters, blanks and angle brackets never pass outside quotes', () => {
  for (const text of [
    'a b@c', 'a@b c', 'a\r\n@b', 'a@b\r\n', 'a\0@b', 'a@b\0', '<a@b>', 'a<b@c', 'a@b>', 'a\t@b', ' a@b', 'a@b ',
    'a\u00a0b@c', 'a\u2028@b', 'a,b@c', 'a@b,c', 'a@b@c', '@b', 'a@', 'a', '\ud800@b',
  ]) {
    expect(parseMailbox(text), JSON.stringify(text)).toBeUndefined()
  }
})

test('A27 a local-part may be UTF-8', () => {
  expect(parseMailbox('ü@x.example')).toBe('ü@x.example')
  expect(parseMailbox('用户@例子.example')).toBe('用户@xn--fsqu00a.example')
})

test('lower-casing never makes an ASCII letter of another one', () => {
  expect(lowerCased(mailbox('Shop-7KQ2M@burn.example'))).toBe('shop-7kq2m@burn.example')
  expect(lowerCased(mailbox('ÄK@x.example'))).toBe('äk@x.example')
  expect(lowerCased(mailbox('\u212a@x.example'))).toBe('\u212a@x.example')
})

test('A18 a source route is taken off', () => {
  expect(withoutSourceRoute('@h1,@h2:u@d.example')).toBe('u@d.example')
  expect(withoutSourceRoute('@[IPv6:::1]:u@d')).toBe('u@d')
  expect(parseMailbox(withoutSourceRoute('@h1@h2:u@d'))).toBeUndefined()
  expect(parseMailbox(withoutSourceRoute('@h1'))).toBeUndefined()
  expect(withoutSourceRoute('u@d')).toBe('u@d')
})

test('A15 the null reverse-path is a kind of its own', () => {
  expect(parseReversePath('')).toEqual({ kind: 'null' })
  expect(parseReversePath('@h:a@B.example')).toEqual({ kind: 'mailbox', mailbox: 'a@b.example' })
  expect(parseReversePath('a')).toBeUndefined()
})

test('K01 the percent hack and the bang path are local-parts, nothing more', () => {
  expect(domainOf(mailbox('x%gmail.com@burn.example'))).toBe('burn.example')
  expect(domainOf(mailbox('gmail.com!x@burn.example'))).toBe('burn.example')
})
