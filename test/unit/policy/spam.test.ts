import { describe, expect, test } from 'vitest'
import { isHeldAsSpam, judgeSpam, spamActions, spamResult, type SpamVerdict } from '../../../src/policy/spam.ts'

describe('judgeSpam', () => {
  test('no answer passes', () => {
    expect(judgeSpam(undefined)).toEqual({ kind: 'pass' })
  })
  test('each action has its verdict; nothing of them asks the sender to come again', () => {
    expect(Object.fromEntries(spamActions.map((action) => [action, judgeSpam({ action, score: 7 })]))).toEqual({
      'no action': { kind: 'pass' },
      'greylist': { kind: 'pass' },
      'soft reject': { kind: 'pass' },
      'add header': { kind: 'tag', score: 7, always: false },
      'rewrite subject': { kind: 'tag', score: 7, always: false },
      'quarantine': { kind: 'tag', score: 7, always: true },
      'discard': { kind: 'tag', score: 7, always: true },
      'reject': { kind: 'refuse', reason: 'spam' },
    })
  })
})

describe('isHeldAsSpam', () => {
  const tag = (score: number, always = false): SpamVerdict => ({ kind: 'tag', score, always })
  test.each([
    [tag(9.99), 10, false], [tag(10), 10, true], [tag(10.01), 10, true], [tag(0), 0, true], [tag(-1), 0, false], [tag(1000), null, false],
    [tag(1, true), 10, true], [tag(1, true), null, true],
  ])('%j of an account with %s: %s', (verdict, threshold, held) => {
    expect(isHeldAsSpam(verdict, threshold)).toBe(held)
  })
  test('what was not called spam is not held', () => {
    expect(isHeldAsSpam({ kind: 'pass' }, 0)).toBe(false)
  })
})

test.each([[7, '7'], [7.5, '7.5'], [7.126, '7.13'], [-0.001, '0']])('spamResult of %s', (score, text) => {
  expect(spamResult(score)).toBe(`yes; score=${text}`)
})
