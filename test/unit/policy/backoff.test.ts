import { expect, test } from 'vitest'
import { backoffMs, EXPIRES_AFTER_MS } from '../../../src/policy/backoff.ts'

const minutes = (attempts: number, jitter: number): number => backoffMs(attempts, jitter) / 60_000

test('F19 tries after 1, 5, 15 and 60 minutes, then growing to 4 hours', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 100].map((attempts) => minutes(attempts, 0))).toEqual([1, 5, 15, 60, 120, 240, 240, 240])
})

test('jitter adds up to a fifth and takes nothing away, so that a greylist that counts 60 s lets the second try in (G04)', () => {
  expect(minutes(1, 1)).toBeCloseTo(1.2)
  expect(minutes(6, 0.5)).toBeCloseTo(264)
  for (const jitter of [0, 0.3, 1]) expect(minutes(1, jitter)).toBeGreaterThanOrEqual(1)
})

test('5 days hold more than 25 tries', () => {
  let at = 0
  let attempts = 0
  while (at < EXPIRES_AFTER_MS) at += backoffMs(++attempts, 1)
  expect(attempts).toBeGreaterThan(25)
})
