// The ids of a reply: its own Message-ID minted for the alias, and what its In-Reply-To and References become (policy/thread).

import { domainOf } from '../mail/address.ts'
import { mintMessageId, readMessageId } from '../mail/message-id.ts'
import type { AliasFact, CorrespondentFact, InboxFact } from '../policy/decide.ts'
import { domainOfId, outgoingId, type Thread } from '../policy/thread.ts'
import type { Host } from './host.ts'
import { replyVeil, threadHash } from './reply-names.ts'

/** What the store is asked about: which of them came to the alias. */
export const threadsAsked = (host: Host, { inReplyTo, references }: Thread): readonly bigint[] =>
  [...new Set([...inReplyTo, ...references])].map((id) => threadHash(host, id))

export type ReplyThread = { readonly messageId: string; readonly idFor: (id: string) => string }

export const createReplyThread = (
  host: Host,
  facts: { readonly alias: AliasFact; readonly inbox: InboxFact | null; readonly to: readonly CorrespondentFact[]; readonly seen: ReadonlySet<bigint> },
  { messageId }: Thread,
): ReplyThread => {
  const { alias, inbox, seen } = facts
  const domain = domainOf(alias.address)
  const veil = replyVeil(host, 'message-id', alias.uuid)
  const inboxId = Number(inbox?.id ?? 0)
  // One that is too long has no way back; nobody's mail program makes such.
  const mint = (id: string): string => mintMessageId({ inboxId, id }, domain, veil)
    ?? `${host.keys.hash('message-id', alias.uuid, id).toString('base64url')}@${domain}`
  return {
    messageId: mint(messageId ?? `${host.random(16).toString('hex')}@${domain}`),
    idFor: (id) => outgoingId(id, {
      isSeen: (one) => seen.has(threadHash(host, one)), isMinted: (one) => readMessageId(one, domain, veil) !== undefined, mint,
      theirDomains: facts.to.map(({ address }) => domainOf(address)),
      ownDomains: [domain, ...(inbox ? [domainOf(inbox.address)] : []), ...(messageId === undefined ? [] : [domainOfId(messageId)])],
    }),
  }
}
