// Whatever stands where rspamd should: a fact that policy/spam knows, or an error; at once.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeSpam, spamActions, spamResult } from '../../src/policy/spam.ts'
import { readRspamdAnswer } from '../../src/verify/rspamd-answer.ts'
import { seeded } from './hostile.ts'

const value = fc.oneof(fc.constantFrom(...spamActions), fc.string(), fc.double(), fc.jsonValue())
const text = fc.oneof(
  fc.string(), fc.json(), fc.record({ action: value, score: value }, { requiredKeys: [] }).map((answer) => JSON.stringify(answer)),
)

test.each(['[', '{"a":', '"', '1', ' '])('1 MB of %j is none', (piece) => {
  expect(() => readRspamdAnswer(piece.repeat(1_000_000 / piece.length))).toThrow()
})

test('readRspamdAnswer, judgeSpam, spamResult', () => {
  fc.assert(fc.property(text, (answer) => {
    let fact
    try {
      fact = readRspamdAnswer(answer)
    } catch {
      return
    }
    expect(spamActions).toContain(fact.action)
    expect(fact.score).toSatisfy(Number.isFinite)
    expect(['pass', 'tag', 'refuse']).toContain(judgeSpam(fact).kind)
    expect(spamResult(fact.score)).toMatch(/^yes; score=[-+.e0-9]+$/)
  }), seeded(71))
})
