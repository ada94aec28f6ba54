import { expect, test } from 'vitest'
import { leakSentence } from '../../../src/policy/leak-sentence.ts'

const given = { givenTo: 'shop.example', givenAt: new Date('2026-05-03T10:00:00Z') }
const stranger = { organisation: 'deals.example', proven: true, at: new Date('2026-07-09T23:59:59Z'), signers: ['deals.example'] }

test.each([
  [{ ...given, stranger }, 'The address you gave only to shop.example on 3 May 2026 was used on 9 July 2026 by deals.example, signed by deals.example.'],
  [{ ...given, stranger: { ...stranger, signers: ['deals.example', 'bulk.example'] } },
    'The address you gave only to shop.example on 3 May 2026 was used on 9 July 2026 by deals.example, signed by deals.example and bulk.example.'],
  [{ ...given, stranger: { ...stranger, signers: [] } },
    'The address you gave only to shop.example on 3 May 2026 was used on 9 July 2026 by deals.example, sent by its own servers.'],
  [{ ...given, stranger: { ...stranger, proven: false } },
    'The address you gave only to shop.example on 3 May 2026 was used on 9 July 2026 by somebody who wrote as deals.example and did not prove it.'],
  [{ ...given, stranger: { ...stranger, signers: undefined } },
    'The address you gave only to shop.example on 3 May 2026 was used on 9 July 2026 by deals.example.'],
  [{ ...given, stranger: undefined }, 'The address you gave only to shop.example on 3 May 2026 was used by nobody else.'],
  [{ ...given, givenTo: null, stranger }, 'The address you made on 3 May 2026 was used on 9 July 2026 by deals.example, signed by deals.example.'],
  [{ ...given, givenAt: null, stranger }, 'The address you gave only to shop.example was used on 9 July 2026 by deals.example, signed by deals.example.'],
  [{ givenTo: null, givenAt: null, stranger }, 'An address that you made by naming it was used on 9 July 2026 by deals.example, signed by deals.example.'],
])('%#', (facts, sentence) => {
  expect(leakSentence(facts)).toBe(sentence)
})
