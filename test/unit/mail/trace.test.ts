import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { parseMailbox } from '../../../src/mail/address.ts'
import { parseFields } from '../../../src/mail/header.ts'
import { hasPassed, receivedCount, receivedField, type ReceivedFacts } from '../../../src/mail/trace.ts'

const alias = parseMailbox('shop-7kq2m@burn.example')
if (!alias) throw new Error('no mailbox')

const facts: ReceivedFacts = {
  helo: 'mx.shop.example', clientIp: '192.0.2.7', by: 'burn.example', protocol: 'ESMTPS', id: 'abc1', forAlias: alias, at: new Date('2026-11-22T07:52:00Z'),
}

test('D18 our Received field: protocol, client address, alias, UTC', () => {
  expect(receivedField(facts).toString().replace(/\r\n /g, ' ')).toBe(
    'Received: from mx.shop.example ([192.0.2.7]) by burn.example with ESMTPS id abc1 for <shop-7kq2m@burn.example>; Sun, 22 Nov 2026 07:52:00 +0000\r\n',
  )
  expect(receivedField({ ...facts, clientIp: '2001:db8::1', protocol: 'UTF8SMTPS' }).toString()).toContain('([IPv6:2001:db8::1])')
})

test('D18 a hostile HELO stays one harmless word', () => {
  for (const helo of ['x\r\nBcc: a@b', 'x) by evil (', '<script>', 'x; date', 'ü', 'a b', '', 'x'.repeat(5000)]) {
    const text = receivedField({ ...facts, helo }).toString()
    expect(parseFields(Buffer.from(text))).toHaveLength(1)
    expect(text.replace(/\r\n /g, ' ')).toMatch(/^Received: from [\w.:[\]?-]{1,255} \(\[192\.0\.2\.7\]\) by burn\.example with [^\r\n]*\r\n$/)
  }
})

test('D19 D20 Received fields are counted, and our own trace is found in any case', () => {
  const fields = parseFields(Buffer.from('Received: a\r\nreceived : b\r\nX-Received: c\r\nX-Burnbox-Alias: SHOP-7KQ2M@Burn.Example\r\n'))
  expect(receivedCount(fields)).toBe(2)
  expect(hasPassed(fields, alias)).toBe(true)
  expect(hasPassed(parseFields(Buffer.from('X-Burnbox-Alias: other@burn.example\r\nX-Burnbox-Alias: junk\r\n')), alias)).toBe(false)
})
