// From an attempt (fact) to an outcome (decision). RELIABILITY choices 2, 14 and 16; HOUSE.md section 1 rules a, b, c.

import { backoffMs, BUSY_RETRY_MS, DROPPED_RETRY_MS, OVERDUE_MS, UNKNOWN_RETRY_MS } from './backoff.ts'
import type { HoldReason } from './decide.ts'

/**
 * What one try came to. `why` of a transient one:
 * 'reply' the server said 4xx (or 5xx before MAIL) · 'connection' it could not be reached or broke before our final dot ·
 * 'lost' it broke after our final dot, so the message may have arrived · 'dropped' we gave up before our final dot ·
 * 'busy' no connection was free, or the next hop is paused · 'insecure' only without the TLS that it had before or demands.
 * `trouble`: the next hop timed out, refused the connection or said 421. `retryMs`: when to ask again instead of the usual, for 'busy'.
 */
export type Attempt =
  | { readonly kind: 'accepted'; readonly reply: string }
  | {
    readonly kind: 'transient'; readonly reply: string; readonly why: 'reply' | 'connection' | 'lost' | 'dropped' | 'busy' | 'insecure'
    readonly trouble: boolean
    readonly retryMs?: number
  }
  | { readonly kind: 'permanent'; readonly reply: string; readonly why: 'reply' | 'unsupported' }

export type Outcome =
  | { readonly kind: 'delivered'; readonly reply: string }
  /** `tried` false: it never began, so it does not count. */
  | { readonly kind: 'deferred'; readonly reply: string; readonly retryAt: Date; readonly unknown: boolean; readonly tried: boolean }
  /** `burnedAt`: of the burn that holds it, exactly for reason 'burned'. */
  | { readonly kind: 'held'; readonly reason: HoldReason; readonly reply: string; readonly burnedAt?: Date | null }

export type Tries = { readonly attempts: number; readonly unknownOutcomes: number; readonly expiresAt: Date }

/** @param tries counts including this attempt's · @param jitter 0 to 1 */
export const outcomeOf = (attempt: Attempt, tries: Tries, now: Date, jitter: number): Outcome => {
  switch (attempt.kind) {
    case 'accepted': return { kind: 'delivered', reply: attempt.reply }
    case 'permanent': return { kind: 'held', reason: attempt.why === 'unsupported' ? 'unsupported' : 'refused', reply: attempt.reply }
    case 'transient': {
      if (attempt.why === 'busy') {
        if (now.getTime() >= tries.expiresAt.getTime() + OVERDUE_MS) return { kind: 'held', reason: 'expired', reply: attempt.reply }
        return { kind: 'deferred', reply: attempt.reply, retryAt: new Date(now.getTime() + (attempt.retryMs ?? BUSY_RETRY_MS)), unknown: false, tried: false }
      }
      const unknown = attempt.why === 'lost'
      if (unknown && tries.unknownOutcomes >= 1) return { kind: 'held', reason: 'unconfirmed', reply: attempt.reply }
      if (now >= tries.expiresAt) return { kind: 'held', reason: 'expired', reply: attempt.reply }
      const early = attempt.why === 'dropped' && tries.attempts <= 1
      const waitMs = unknown ? UNKNOWN_RETRY_MS : early ? DROPPED_RETRY_MS : backoffMs(tries.attempts, jitter)
      const retryAt = new Date(Math.min(now.getTime() + waitMs, tries.expiresAt.getTime()))
      return { kind: 'deferred', reply: attempt.reply, retryAt, unknown, tried: true }
    }
  }
}
