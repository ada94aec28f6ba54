import { describe, expect, test } from 'vitest'
import { EXPIRES_AFTER_MS } from '../../../src/policy/backoff.ts'
import { outcomeOf, type Attempt, type Tries } from '../../../src/policy/outcome.ts'

const created = new Date('2026-01-01T00:00:00Z')
const after = (minutes: number): Date => new Date(created.getTime() + minutes * 60_000)
const tries = (facts: Partial<Tries> = {}): Tries => ({ attempts: 1, unknownOutcomes: 0, expiresAt: new Date(created.getTime() + EXPIRES_AFTER_MS), ...facts })
const transient = (why: Extract<Attempt, { kind: 'transient' }>['why']): Attempt => ({ kind: 'transient', reply: 'no', why, trouble: false })

describe('what an attempt comes to', () => {
  test('accepted is delivered, refused is held with the reason', () => {
    expect(outcomeOf({ kind: 'accepted', reply: '250 Ok' }, tries(), created, 0)).toEqual({ kind: 'delivered', reply: '250 Ok' })
    expect(outcomeOf({ kind: 'permanent', reply: '550 no', why: 'reply' }, tries(), created, 0)).toEqual({ kind: 'held', reason: 'refused', reply: '550 no' })
    expect(outcomeOf({ kind: 'permanent', reply: 'no 8BITMIME', why: 'unsupported' }, tries(), created, 0))
      .toMatchObject({ kind: 'held', reason: 'unsupported' })
  })

  test('a 4xx or an unreachable next hop is deferred by the number of tries', () => {
    expect(outcomeOf(transient('reply'), tries({ attempts: 1 }), created, 0))
      .toMatchObject({ kind: 'deferred', retryAt: after(1), unknown: false, tried: true })
    expect(outcomeOf(transient('connection'), tries({ attempts: 2 }), created, 0)).toMatchObject({ retryAt: after(5) })
  })

  test('rule a: given up before our dot, next try after 1 minute; a later one waits as long as any', () => {
    expect(outcomeOf(transient('dropped'), tries(), created, 1)).toMatchObject({ kind: 'deferred', retryAt: after(1), unknown: false, tried: true })
    expect(outcomeOf(transient('dropped'), tries({ attempts: 4 }), created, 0)).toMatchObject({ kind: 'deferred', retryAt: after(60) })
  })

  test('rule c: the first unknown outcome waits 10 minutes, the second is held as unconfirmed', () => {
    expect(outcomeOf(transient('lost'), tries(), created, 1)).toMatchObject({ kind: 'deferred', retryAt: after(10), unknown: true })
    expect(outcomeOf(transient('lost'), tries({ attempts: 2, unknownOutcomes: 1 }), created, 1)).toMatchObject({ kind: 'held', reason: 'unconfirmed' })
  })

  test('no connection free: not a try, soon again, until its last try had 15 minutes and was never made', () => {
    expect(outcomeOf(transient('busy'), tries(), created, 0)).toMatchObject({ kind: 'deferred', tried: false, unknown: false })
    expect(outcomeOf(transient('busy'), tries({ expiresAt: created }), after(14), 0)).toMatchObject({ kind: 'deferred', tried: false })
    expect(outcomeOf(transient('busy'), tries({ expiresAt: created }), after(15), 0)).toMatchObject({ kind: 'held', reason: 'expired' })
  })

  test('after 5 days it is held as expired, and the last try is never later than that', () => {
    const end = after(5 * 24 * 60)
    expect(outcomeOf(transient('reply'), tries({ attempts: 30 }), after(5 * 24 * 60 - 5), 0)).toMatchObject({ kind: 'deferred', retryAt: end })
    expect(outcomeOf(transient('reply'), tries({ attempts: 31 }), end, 0)).toMatchObject({ kind: 'held', reason: 'expired', reply: 'no' })
  })
})
