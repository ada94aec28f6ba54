// What the digest names and what it counts.
import { expect, test } from 'vitest'
import { digestOf, type HeldFact } from '../../../src/policy/digest.ts'

let ids = 0
const held = (subject: string, company = 'shop.example'): HeldFact =>
  ({ id: String(++ids), aliasId: 1, alias: 'shop-7kq2m@burn.example', company, from: 'Shop', subject })

test('codes, receipts, resets and invitations come first, in that order; the rest is counted by company, most first', () => {
  const { wanted, others, further, count } = digestOf([
    held('Sale', 'a.example'), held('Ann invited you to Board'), held('Reset your password'), held('Sale'), held('Your receipt'), held('Sale'),
    held('Your code is 123456'), held('Your verification code'),
  ])
  expect(wanted.map(({ as }) => as)).toEqual(['code', 'code', 'receipt', 'reset', 'invitation'])
  expect([others, further, count]).toEqual([[{ company: 'shop.example', count: 2 }, { company: 'a.example', count: 1 }], 0, 8])
})

test('nothing is left out of the sum: more that is wanted counts by company, more companies and more messages as others', () => {
  const all = [
    ...Array.from({ length: 25 }, () => held('Your code is 123456')), ...Array.from({ length: 30 }, (_, n) => held('Sale', `company${n}.example`)),
  ]
  const { wanted, others, further, count } = digestOf(all, 1_055)
  expect([wanted.length, others.length, others[0], count]).toEqual([20, 20, { company: 'shop.example', count: 5 }, 1_055])
  expect(wanted.length + others.reduce((sum, { count: n }) => sum + n, 0) + further).toBe(1_055)
})
