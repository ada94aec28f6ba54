// The ids of a reply: its own Message-ID minted for the alias, and what its In-Reply-To and References become (policy/thread).

import { domainOf } from '../mail/address.ts'
import type { AliasFact, CorrespondentFact, InboxFact } from '../policy/decide.ts'
import { domainOfId, outgoingId, type Thread } from '../policy/thread.ts'
import { aliasThread } from './alias-thread.ts'
import type { Host } from './host.ts'

/** What the store is asked about: which of them came to the alias. */
export const threadsAsked = (host: Host, alias: AliasFact, { inReplyTo, references }: Thread): readonly bigint[] => {
  const { seenHash } = aliasThread(host, alias)
  return [...new Set([...inReplyTo, ...references])].map(seenHash)
}

export type ReplyThread = { readonly messageId: string; readonly idFor: (id: string) => string }

export const createReplyThread = (
  host: Host,
  facts: { readonly alias: AliasFact; readonly inbox: InboxFact | null; readonly to: readonly CorrespondentFact[]; readonly seen: ReadonlySet<bigint> },
  { messageId }: Thread,
): ReplyThread => {
  const { alias, inbox, seen } = facts
  const domain = domainOf(alias.address)
  const thread = aliasThread(host, alias)
  const mint = (id: string): string => thread.mint(id, inbox?.address ?? null)
  return {
    messageId: mint(messageId ?? `${host.random(16).toString('hex')}@${domain}`),
    idFor: (id) => outgoingId(id, {
      isSeen: (one) => seen.has(thread.seenHash(one)), isMinted: (one) => thread.read(one) !== undefined, mint,
      theirDomains: facts.to.map(({ address }) => domainOf(address)),
      ownDomains: [domain, ...(inbox ? [domainOf(inbox.address)] : []), ...(messageId === undefined ? [] : [domainOfId(messageId)])],
    }),
  }
}
