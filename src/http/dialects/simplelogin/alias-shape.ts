// An alias as SimpleLogin's clients read it: `enabled` is active, anything else is not. All fields always: one that is missing breaks a client.
import type { Alias } from '../../../store/aliases.ts'
import { dateTextWithOffset, timestamp } from '../date-text.ts'

/** With a key that may not read no inbox is named: the alias stands for it. 0 is nobody's id. */
export const aliasJson = (alias: Alias, mayRead: boolean) => {
  const mailboxes = mayRead ? alias.inboxes.map(({ number, address }) => ({ id: number, email: address })) : [{ id: 0, email: alias.address }]
  return {
    id: alias.id, email: alias.address, enabled: alias.state === 'active', note: alias.note, name: alias.displayName, pinned: alias.pinned,
    nb_forward: alias.delivered, nb_block: alias.held, nb_reply: alias.replied,
    mailbox: mailboxes[0] ?? { id: 0, email: '' }, mailboxes, support_pgp: false, disable_pgp: false,
    creation_date: dateTextWithOffset(alias.createdAt), creation_timestamp: timestamp(alias.createdAt),
  }
}
