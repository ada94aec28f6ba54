// When to try again: 1, 5, 15 and 60 minutes, then growing to 4 hours, with jitter (RFC 5321 §4.5.4.1 asks for
// at least 30 minutes in the long run; the early tries serve greylisting, whose usual pause is 5 minutes).

const MINUTE_MS = 60_000
const STEPS_MINUTES = [1, 5, 15, 60, 120, 240] as const

export const EXPIRES_AFTER_MS = 5 * 24 * 60 * MINUTE_MS
/** Its last try is due when it expires; a next hop that is paused for 10 minutes at most and then takes only probes may never let it out. */
export const OVERDUE_MS = 15 * MINUTE_MS
export const UNKNOWN_RETRY_MS = 10 * MINUTE_MS
/** When the first attempt was given up before our final dot. */
export const DROPPED_RETRY_MS = 1 * MINUTE_MS
/** No connection was free or the next hop is paused: not an attempt, so soon again. */
export const BUSY_RETRY_MS = 5_000

/**
 * @param attempts tries made so far, at least 1 · @param jitter 0 to 1 · returns milliseconds: the step and up to a fifth more.
 * Never less: a greylist that asks for 60 s counts them (case G04).
 */
export const backoffMs = (attempts: number, jitter: number): number => {
  const step = STEPS_MINUTES[Math.min(Math.max(attempts, 1), STEPS_MINUTES.length) - 1] ?? 240
  return Math.round(step * MINUTE_MS * (1 + 0.2 * jitter))
}
