// What an attempt says of the inbox itself, beside what it says of the message: its server refuses, takes mail again, or lost its TLS.
// Nothing is asked or written while nothing changes: the fact that the attempt began with says whether it does.

import { domainOf } from '../mail/address.ts'
import type { InboxFact } from '../policy/decide.ts'
import type { Attempt } from '../policy/outcome.ts'
import { endRefusal, noteRefusal, putNotice } from '../store/notices.ts'
import type { Host } from './host.ts'

export type Destination = { readonly inbox: InboxFact; readonly accountId: string }

/** Never rejects: what came of the message must be recorded whether or not this can be. Undefined: nothing to note. */
export const noteAttempt = (host: Host, { inbox, accountId }: Destination, attempt: Attempt): Promise<void> | undefined => {
  const at = host.clock.now()
  const quietly = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => host.log.warn({ err: error, inbox: inbox.id }, 'what an attempt says of its inbox could not be noted'))
  switch (attempt.kind) {
    case 'accepted': {
      // The message is delivered: its sender does not wait for this.
      if (inbox.refusedUntil && inbox.refusedUntil <= at) void quietly(endRefusal(host.db, inbox.id, at))
      return undefined
    }
    case 'permanent': return attempt.why === 'reply' ? quietly(noteRefusal(host.db, inbox.id, attempt.reply, { at, until: at })) : undefined
    case 'transient':
      if (attempt.why !== 'insecure') return undefined
      return quietly(putNotice(host.db, { accountId, kind: 'insecure', about: domainOf(inbox.address), inboxId: inbox.id, detail: attempt.reply, at }))
  }
}
