import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { endOfFields, endOfHeader, formatField, parseFields, valueOf } from '../../../src/mail/header.ts'
import { headerViolation, maxHeaderLines, maxHeaderOctets, maxLineOctets } from '../../../src/mail/header-limits.ts'

const names = (header: string) => parseFields(Buffer.from(header)).map((field) => field.name)
const bytes = (header: string) => Buffer.concat(parseFields(Buffer.from(header)).map((field) => field.raw)).toString()

test('fields keep every byte, folds too', () => {
  const header = 'A: 1\r\nB: 2\r\n  folded\r\n\tmore\r\nA: 3\r\n'
  expect(names(header)).toEqual(['a', 'b', 'a'])
  expect(bytes(header)).toBe(header)
})

test('C16 what is hardly a field is kept, and a From in disguise is a From', () => {
  expect(names('From : x\r\n')).toEqual(['from'])
  expect(names('From\r\n : x\r\n')).toEqual(['from'])
  expect(names('From user@x Mon Jan 1 00:00:00 2020\r\nTo: x\r\n')).toEqual(['', 'to'])
  expect(names(': only\r\nno colon\r\nTo: x\r\n')).toEqual(['', '', 'to'])
  expect(names(' From: x\r\nTo: x\r\n')).toEqual(['', 'to'])
  expect(names('T\xe9st: x\r\nNo\0: x\r\nLast: without an end')).toEqual(['tã©st', '', 'last'])
  const header = 'From x\r\n: only\r\nA\r\n b: c\r\nLast: x'
  expect(bytes(header)).toBe(header)
})

test('where the header ends', () => {
  const ends = (content: string) => [endOfFields(Buffer.from(content)), endOfHeader(Buffer.from(content))]
  expect(ends('A: 1\r\n\r\nbody')).toEqual([6, 8])
  expect(ends('A: 1\n\nbody')).toEqual([5, 6])
  expect(ends('\r\nbody')).toEqual([0, 2])
  expect(ends('A: 1\r\n')).toEqual([6, -1])
  expect(ends('A: 1\r\n \r\nB: 2\r\n\r\n')).toEqual([15, 17])
  expect(ends('')).toEqual([0, -1])
  expect(names('A: 1\r\n\r\nB: 2\r\n')).toEqual(['a'])
})

test('a value is unfolded, and is UTF-8 or else Latin-1', () => {
  const value = (raw: Buffer | string) => parseFields(Buffer.from(raw)).map(valueOf)
  expect(value('A: one\r\n two\r\n')).toEqual(['one two'])
  expect(value('A: größe\r\n')).toEqual(['größe'])
  expect(value(Buffer.from('A: gr\xf6\xdfe\r\n', 'latin1'))).toEqual(['größe'])
  expect(value('A:\r\n')).toEqual([''])
})

test('a formatted field folds at blanks to 78 octets and never passes 998', () => {
  const lines = (value: string) => formatField('X-Long', value).toString('latin1').split('\r\n').slice(0, -1)
  const words = lines('word '.repeat(500))
  expect(Math.max(...words.map((line) => line.length))).toBeLessThanOrEqual(78)
  expect(words.slice(1).every((line) => /^ \S/.test(line))).toBe(true)
  expect(Math.max(...lines('x'.repeat(5000)).map((line) => line.length))).toBeLessThanOrEqual(998)
  expect(Math.max(...lines('ü€😀'.repeat(2000)).map((line) => line.length))).toBeLessThanOrEqual(998)
})

test('a formatted field is one field, whatever is in its value', () => {
  for (const value of ['a\r\nBcc: x@y', 'a\nB: c', 'a\rB: c', 'a\0b', '\r\n\r\nbody', '']) {
    expect(parseFields(formatField('X', value))).toHaveLength(1)
    expect(formatField('X', value).toString()).toMatch(/^X:[^\r\n\0]*\r\n$/)
  }
})

test('C04 a header may have 128 KiB, 2,000 lines, and 64 KiB in a line', () => {
  const line = 'X: y\r\n'
  expect(headerViolation(Buffer.from(`${line.repeat(maxHeaderLines)}\r\nbody`))).toBeUndefined()
  expect(headerViolation(Buffer.from(`${line.repeat(maxHeaderLines + 1)}\r\nbody`))).toBe('too-many-lines')
  expect(headerViolation(Buffer.from(`X: ${'y'.repeat(maxLineOctets - 5)}\r\n\r\n`))).toBeUndefined()
  expect(headerViolation(Buffer.from(`X: ${'y'.repeat(maxLineOctets - 4)}\r\n\r\n`))).toBe('line-too-long')
  const long = `X: ${'y'.repeat(995)}\r\n` // 1,000 octets
  expect(headerViolation(Buffer.from(`${long.repeat(131)}X: ${'y'.repeat(67)}\r\n\r\n`))).toBeUndefined() // 131,072
  expect(headerViolation(Buffer.from(`${long.repeat(131)}X: ${'y'.repeat(68)}\r\n\r\n`))).toBe('too-many-octets')
  expect(headerViolation(Buffer.from(long.repeat(200)))).toBe('too-many-octets')
  expect(headerViolation(Buffer.from(`a: b\r\n\r\n${'x'.repeat(maxHeaderOctets * 3)}`))).toBeUndefined()
})
