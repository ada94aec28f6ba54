// RFC 5545 §3.1 and §3.8.4: who is named in a calendar, and the calendar with other names.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Mailbox } from '../../../src/mail/address.ts'
import { namedInCalendar, renamedCalendar, type CalendarName } from '../../../src/mail/calendar.ts'

const shop: CalendarName = { address: 'r.aaaaaaaaaaaaaaaaaaaaaaaaaa@burn.example' as Mailbox, name: 'orders at shop.example' }
const names: Readonly<Record<string, CalendarName>> = {
  'orders@shop.example': shop, 'Jörg@shop.example': shop, 'ann@burn.example': { address: 'ann@home.example' as Mailbox },
  'odd@burn.example': { address: 'a%b@home.example' as Mailbox },
}
const renamed = (text: string): string => {
  const octets = Buffer.from(text)
  return (renamedCalendar(octets, (mailbox) => names[mailbox]) ?? octets).toString()
}
const calendar = (...lines: string[]): string => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', ''].join('\r\n')
const renamedLine = (line: string): string => renamed(calendar(line)).replaceAll('\r\n ', '').split('\r\n')[1]!

describe('one line', () => {
  test.each<readonly [string, string]>([
    ['ORGANIZER;CN=Shop:mailto:orders@shop.example', `ORGANIZER;CN=Shop:mailto:${shop.address}`],
    ['organizer:MAILTO:orders@shop.example', `organizer;CN="orders at shop.example":MAILTO:${shop.address}`],
    ['ORGANIZER;SENT-BY="mailto:orders@shop.example";CN=x:mailto:ann@burn.example', `ORGANIZER;SENT-BY="mailto:${shop.address}";CN=x:mailto:ann@home.example`],
    ['ATTENDEE;CN="Ann: me";RSVP=TRUE;EMAIL=ann@burn.example:mailto:ann@burn.example',
      'ATTENDEE;CN="Ann: me";RSVP=TRUE;EMAIL=ann@home.example:mailto:ann@home.example'],
    ['ATTENDEE;CN=J:mailto:J%C3%B6rg@shop.example?subject=x', `ATTENDEE;CN=J:mailto:${shop.address}?subject=x`],
    ['ATTENDEE;CN=J;MEMBER="mailto:orders@shop.example","mailto:list@shop.example":mailto:a@b.example',
      `ATTENDEE;CN=J;MEMBER="mailto:${shop.address}","mailto:list@shop.example":mailto:a@b.example`],
    ...[
      'ORGANIZER:mailto:other@shop.example', 'ORGANIZER:invalid:nomail', 'ORGANIZER:mailto:%zz@', 'X-ORGANIZER:mailto:orders@shop.example',
      'DESCRIPTION:mailto:orders@shop.example', 'ORGANIZERS:mailto:orders@shop.example', 'ATTENDEE:mailto:odd@burn.example',
    ].map((line) => [line, line] as const),
  ])('%s', (line, expected) => expect(renamedLine(line)).toBe(expected))
})

test('a folded line is unfolded, also within its name, and folded again at 75 octets, not within a character', () => {
  const folded = `ORG\r\n ANIZER;CN="${'ö'.repeat(40)}":mailto:ord\r\n\ters@shop.example`
  const lines = renamed(calendar(folded)).split('\r\n').slice(1, -2)
  expect(lines.every((line) => Buffer.byteLength(line) <= 75 && !line.includes('\ufffd'))).toBe(true)
  expect(lines.length).toBeGreaterThan(1)
  expect(lines.map((line, i) => (i === 0 ? line : line.slice(1))).join('')).toBe(`ORGANIZER;CN="${'ö'.repeat(40)}":mailto:${shop.address}`)
})

test('lines of LF stay lines of LF, and the last needs no end', () => {
  expect(renamed('BEGIN:VCALENDAR\nORGANIZER;CN=x:mailto:ann@burn.example')).toBe('BEGIN:VCALENDAR\nORGANIZER;CN=x:mailto:ann@home.example')
})

test('organizers come first', () => {
  const text = calendar('ATTENDEE:mailto:a@x.example', 'ORGANIZER;SENT-BY="mailto:b@x.example":mailto:c@x.example', 'ATTENDEE:mailto:d@x.example')
  expect(namedInCalendar(Buffer.from(text)))
    .toEqual(['b@x.example', 'c@x.example', 'a@x.example', 'd@x.example'])
})

test('whatever is in it: nobody known, no octet changed; somebody known, no other line', () => {
  const piece = fc.oneof(
    fc.constantFrom('\r\n', '\n', '\r', ' ', '\t', 'ORGANIZER', 'ATTENDEE', ':', ';', 'mailto:', 'orders@shop.example', 'x@y.example', '"'),
    fc.uint8Array({ maxLength: 8 }).map((octets) => Buffer.from(octets).toString('latin1')))
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
    const octets = Buffer.from(pieces.join(''), 'latin1')
    expect(renamedCalendar(octets, () => undefined)).toBe(undefined)
    const others = (bytes: Buffer): string[] => bytes.toString('latin1').split('\n').filter((line) => /^[^oa \t]/i.test(line))
    expect(others(renamedCalendar(octets, (mailbox) => names[mailbox]) ?? octets)).toEqual(others(octets))
  }), { numRuns: 300 })
})
