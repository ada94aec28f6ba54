// Choice 10 of RELIABILITY.md. Bytes are small here so that they can be read.
import { describe, expect, test } from 'vitest'
import { bytesToLetGo, canMakeRoom, hasRoomForRefused, type HoldingUse } from '../../../src/policy/retention.ts'

const use = (facts: Partial<HoldingUse> = {}): HoldingUse => ({ quota: 100, total: 0, burned: 0, refusedUnauthenticated: 0, ...facts })

describe('RCPT to a burned alias', () => {
  test('there is room while burn-held mail can give way', () => {
    expect(canMakeRoom(use(), 50)).toBe(true)
    expect(canMakeRoom(use({ total: 100, burned: 50 }), 50)).toBe(true)
    expect(canMakeRoom(use({ total: 100, burned: 10 }), 11)).toBe(false)
  })

  test('no room when what never gives way fills it, even without a declared size', () => {
    expect(canMakeRoom(use({ total: 100 }), 0)).toBe(false)
    expect(canMakeRoom(use({ total: 99 }), 0)).toBe(true)
  })

  test('one message may not be more than the half that burn-held mail has', () => {
    expect(canMakeRoom(use(), 51)).toBe(false)
  })
})

describe('what gives way', () => {
  test('burn-held mail takes at most half', () => {
    expect(bytesToLetGo(use({ total: 45, burned: 45 }), 5, 'burned')).toBe(0)
    expect(bytesToLetGo(use({ total: 45, burned: 45 }), 10, 'burned')).toBe(5)
  })

  test('and never more than the whole, whatever else is held', () => {
    expect(bytesToLetGo(use({ total: 95, burned: 20 }), 10, 'burned')).toBe(5)
    expect(bytesToLetGo(use({ total: 95, burned: 20 }), 10, 'refused')).toBe(5)
    expect(bytesToLetGo(use({ total: 45, burned: 45 }), 10, 'refused')).toBe(0)
  })
})

describe('refused while the sender waits', () => {
  test('is held while burn-held mail could make room', () => {
    expect(hasRoomForRefused(use({ total: 90, burned: 40 }), 50, true)).toBe(true)
    expect(hasRoomForRefused(use({ total: 90, burned: 40 }), 51, true)).toBe(false)
  })

  test('not authenticated: at most half of the quota', () => {
    expect(hasRoomForRefused(use({ total: 45, refusedUnauthenticated: 45 }), 5, false)).toBe(true)
    expect(hasRoomForRefused(use({ total: 45, refusedUnauthenticated: 45 }), 6, false)).toBe(false)
    expect(hasRoomForRefused(use({ total: 45, refusedUnauthenticated: 45 }), 6, true)).toBe(true)
  })
})
