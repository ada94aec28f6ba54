// Patterns of made-up addresses: what they match, what is none, and that no pattern takes long.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesGlob, readGlob } from '../../../src/policy/glob.ts'

const matches = (pattern: string, text: string): boolean => {
  const read = readGlob(pattern)
  if (read.kind === 'refused') throw new Error(read.why)
  return matchesGlob(read.glob, text)
}

test.each([
  ['shop-*', 'shop-1', true], ['shop-*', 'shop-', true], ['shop-*', 'shop', false], ['shop-*', 'a-shop-1', false],
  ['*', '', true], ['*', 'any.thing-1', true], ['?', 'a', true], ['?', '', false], ['?', 'ab', false], ['a?c', 'abc', true],
  ['[a-c]*', 'bread', true], ['[a-c]*', 'dread', false], ['[!a-c]*', 'dread', true], ['[^x]', 'x', false], ['[abc-]', '-', true],
  ['news-* shop-*', 'shop-1', true], ['news-*, shop-*', 'news-1', true], ['SHOP-*', 'shop-1', true], ['a.c', 'abc', false],
  ['*a*b*c', 'xxaxxbxxbxc', true], ['*a*b*c', 'xxaxxcxxbx', false], ['*-202[5-7]', 'fair-2026', true], ['*ab', 'aab', true],
])('%s and %s: %s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected))

test.each(['', '   ', '(a+)+$', 'a|b', '[', '[]', '[z-a]', '[a', 'a]', 'shop@', '\\d', 'x'.repeat(201)])('%j is no pattern', (pattern) => {
  expect(readGlob(pattern)).toMatchObject({ kind: 'refused', why: expect.stringMatching(/\w/) })
})

const same = new Map([['*', '.*'], ['?', '.'], ['[!a]', '[^a]']])
test('it says what a regular expression of the same meaning says', () => {
  const piece = fc.constantFrom('a', 'b', '-', '*', '?', '[a-b]', '[!a]')
  fc.assert(fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 }), (pieces, text) => {
    const expression = new RegExp(`^${pieces.map((one) => same.get(one) ?? one).join('')}$`)
    expect(matches(pieces.join(''), text)).toBe(expression.test(text))
  }), { numRuns: 500 })
})

test('K17 a hostile pattern costs at most length times length', () => {
  const read = readGlob('*a'.repeat(99))
  if (read.kind === 'refused') throw new Error(read.why)
  const [tokens = []] = read.glob
  let looks = 0
  const counted = tokens.map((token) => (typeof token === 'object' && 'letter' in token ? { get letter() { looks++; return token.letter } } : token))
  expect(matchesGlob([counted], `${'a'.repeat(20_000)}b`)).toBe(false)
  expect(looks).toBeLessThan(200 * 20_001)
})
