// The secret in the reverse aliases that one inbox is shown: for providers that neither sign (DKIM) nor publish who sends for them (SPF).
// It is another one in each reverse alias, so that no two of them can be linked (N13), and it follows from the inbox' own random octets,
// so that it ends when its owner has them made anew.

import { timingSafeEqual } from 'node:crypto'
import { splitReverse, withReverseSecret } from '../mail/reverse-alias.ts'
import type { InboxFact } from '../policy/decide.ts'
import type { Host } from './host.ts'

type Inbox = Pick<InboxFact, 'replySecret'>

const secretOf = (host: Pick<Host, 'keys'>, replySecret: Buffer, base: string): Buffer =>
  host.keys.hash('reply-secret', replySecret.toString('hex'), base)

/** The local-part of a reverse alias as this inbox is shown it. */
export const shownLocalPart = (host: Pick<Host, 'keys'>, inbox: Inbox, localPart: string): string =>
  inbox.replySecret ? withReverseSecret(localPart, secretOf(host, inbox.replySecret, localPart)) : localPart

/** Whether the forward-path, as it came, has this inbox' secret. Without a secret of its own an inbox has nothing that could be right. */
export const hasReplySecret = (host: Pick<Host, 'keys'>, inbox: Inbox, localPart: string): boolean => {
  if (!inbox.replySecret) return false
  const shown = Buffer.from(shownLocalPart(host, inbox, splitReverse(localPart).base))
  const came = Buffer.from(localPart.toLowerCase())
  return shown.length === came.length && timingSafeEqual(shown, came)
}
