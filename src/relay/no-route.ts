// No server of a domain may or can be used: thrown while a connection is opened, and it says what that makes of the attempt.

import type { Attempt } from '../policy/outcome.ts'

export class NoRoute extends Error {
  readonly attempt: Exclude<Attempt, { kind: 'accepted' }>

  constructor(attempt: Exclude<Attempt, { kind: 'accepted' }>) {
    super(attempt.reply)
    this.name = 'NoRoute'
    this.attempt = attempt
  }
}

/** Our own sentence, with an enhanced status code (RFC 3463) so that the owner can look it up. */
export const neverDelivered = (reply: string): NoRoute => new NoRoute({ kind: 'permanent', reply, why: 'reply' })

/** `trouble`: leave the domain alone for a while. False where each message must have its own reason. */
export const notNow = (reply: string, trouble: boolean): NoRoute => new NoRoute({ kind: 'transient', reply, why: 'connection', trouble })

/** Whoever stands in between may not take TLS away: the owner is told, and nothing goes out in the clear. */
export const notSecure = (reply: string): NoRoute => new NoRoute({ kind: 'transient', reply, why: 'insecure', trouble: false })
