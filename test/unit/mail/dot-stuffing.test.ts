import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dotStuffed } from '../../../src/mail/dot-stuffing.ts'

const wire = (...pieces: readonly string[]) => Buffer.concat(dotStuffed(pieces.map((piece) => Buffer.from(piece)))).toString()

test('a line that begins with a dot gets another one, and the final dot ends it', () => {
  expect(wire('a\r\n.b\r\n..\r\n.\r\nc.\r\n')).toBe('a\r\n..b\r\n...\r\n..\r\nc.\r\n.\r\n')
  expect(wire('.a\r\n')).toBe('..a\r\n.\r\n')
})

test('a line begins wherever the pieces are cut', () => {
  expect(wire('a\r\n', '.b', '.c\r', '\n', '', '.d\r\n')).toBe('a\r\n..b.c\r\n..d\r\n.\r\n')
})

test('a content without a last line end gets one', () => {
  expect(wire('a')).toBe('a\r\n.\r\n')
  expect(wire('.')).toBe('..\r\n.\r\n')
  expect(wire('', '')).toBe('.\r\n')
})

test('what a server reads is what was given to it, however it is cut', () => {
  const line = fc.constantFrom('', '.', '..', '.x', 'x.', 'x', '. .', 'ü')
  fc.assert(fc.property(fc.array(line, { maxLength: 12 }), fc.array(fc.nat(60), { maxLength: 4 }), (lines, cuts) => {
    const content = Buffer.from(lines.map((one) => `${one}\r\n`).join(''))
    const ends = [...new Set(cuts.map((cut) => Math.min(cut, content.length)))].sort((a, b) => a - b)
    const pieces = [0, ...ends].map((start, index) => content.subarray(start, ends[index] ?? content.length))
    const sent = Buffer.concat(dotStuffed(pieces)).toString('latin1')
    const end = sent === '.\r\n' ? 0 : sent.indexOf('\r\n.\r\n') + 2
    expect(sent.slice(end)).toBe('.\r\n')
    expect(sent.slice(0, end).replace(/^\./gm, '')).toBe(content.toString('latin1'))
  }), { seed: 7, numRuns: 500 })
})
