// An alias as addy.io's clients read it: inactive is burned, deleted is closed. All fields always, numbers never null: a client that finds
// one missing shows nothing at all.
import { domainOf, localPartOf } from '../../../mail/address.ts'
import type { Alias, AliasInbox } from '../../../store/aliases.ts'
import { dateText, dateTextOrNull } from '../date-text.ts'

/** With a key that may not read no inbox is named. */
export const aliasJson = (alias: Alias, mayRead: boolean) => {
  const { accountId, address, state, createdAt, burnedAt, closedAt } = alias
  const [localPart = '', ...extension] = localPartOf(address).split('+')
  const last = dateTextOrNull(alias.lastMessageAt)
  const isClosed = state === 'closed'
  return {
    id: alias.uuid, user_id: accountId, aliasable_id: null, aliasable_type: null,
    local_part: localPart, extension: extension.length > 0 ? extension.join('+') : null, domain: domainOf(address), email: address,
    active: state === 'active', pinned: alias.pinned, description: alias.note, from_name: alias.displayName, attached_recipients_only: false,
    emails_forwarded: alias.delivered, emails_blocked: alias.held, emails_replied: alias.replied, emails_sent: 0,
    recipients: mayRead ? alias.inboxes.map((inbox) => recipientJson(inbox, accountId)) : [],
    // One time is known, of whichever message came last.
    last_forwarded: alias.delivered > 0 && state === 'active' ? last : null, last_blocked: alias.held > 0 && state !== 'active' ? last : null,
    last_replied: null, last_sent: null,
    created_at: dateText(createdAt), updated_at: dateText(latest(createdAt, burnedAt, closedAt)),
    deleted_at: isClosed ? dateText(closedAt ?? createdAt) : null,
  }
}

export const recipientJson = ({ id, address, verifiedAt, createdAt }: Pick<AliasInbox, 'id' | 'address' | 'verifiedAt' | 'createdAt'>, accountId: string) => ({
  id, user_id: accountId, email: address, can_reply_send: true, should_encrypt: false, inline_encryption: false, protected_headers: false,
  remove_pgp_keys: false, remove_pgp_signatures: false, fingerprint: null, email_verified_at: dateTextOrNull(verifiedAt),
  created_at: dateText(createdAt), updated_at: dateText(verifiedAt ?? createdAt),
})

const latest = (...dates: readonly (Date | null)[]): Date => new Date(Math.max(...dates.map((date) => date?.getTime() ?? 0)))
