// When an alias ends by itself, as the next message finds it.

import type { AliasRules } from './alias-rules.ts'
import type { Author } from './stranger.ts'

export const endOf = ({ endsAt, endsLeft, burnIf }: AliasRules, author: Author, at: Date): 'end-date' | 'end-messages' | 'wrote-again' | undefined => {
  if (endsAt !== null && at >= endsAt) return 'end-date'
  if (endsLeft === 0) return 'end-messages'
  // Proven, or anybody could burn the address in their name.
  const wroteAgain = burnIf !== null && author.proven && author.organisation === burnIf.organisation && at >= burnIf.since && at < burnIf.until
  return wroteAgain ? 'wrote-again' : undefined
}
