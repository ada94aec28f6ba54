// Message-IDs of one alias: those that we mint for it and read again, and what is remembered of those that came in. All of it is under the alias'
// own key, which moves with it to another host (store/thread-key).

import { domainOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { mintMessageId, readMessageId } from '../mail/message-id.ts'
import type { AliasFact } from '../policy/decide.ts'
import { threadKeyOf } from '../store/thread-key.ts'
import type { Host } from './host.ts'

export type AliasThread = {
  readonly mint: (id: string, inbox: Mailbox | null) => string
  /** Undefined: none of ours. */
  readonly read: (id: string) => { readonly id: string; readonly isOf: (inbox: Mailbox) => boolean } | undefined
  /** What the activity remembers of a Message-ID that came in: 63 bits. */
  readonly seenHash: (id: string) => bigint
}

/** A name made for one means nothing for another: no two aliases share one (N13). */
export const aliasThread = ({ keys }: Pick<Host, 'keys'>, alias: Pick<AliasFact, 'uuid' | 'address' | 'threadKey'>): AliasThread => {
  const key = threadKeyOf(keys, alias)
  const domain = domainOf(alias.address)
  // By its address, for another host knows it by another id. 0: no inbox of the alias.
  const markOf = (inbox: Mailbox | null): number => inbox === null ? 0 : key.hash('inbox', lowerCased(inbox)).readUIntBE(0, 5)
  return {
    // One that is too long has no way back; nobody's mail program makes such.
    mint: (id, inbox) => mintMessageId({ inbox: markOf(inbox), id }, domain, key) ?? `${key.hash('long-id', id).toString('base64url')}@${domain}`,
    read: (id) => {
      const minted = readMessageId(id, domain, key)
      return minted && { id: minted.id, isOf: (inbox) => minted.inbox === markOf(inbox) }
    },
    seenHash: (id) => key.hash('seen', id).readBigUInt64BE() >> 1n,
  }
}
