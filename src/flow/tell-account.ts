// Mail to the person of an account: to its sign-in address where that is known to be theirs, else to the default inbox.
import type { Mailbox } from '../mail/address.ts'
import { accountById } from '../store/accounts.ts'
import type { Database, Tx } from '../store/database.ts'
import { inboxesOf } from '../store/inboxes.ts'
import { composeMail, type OwnText } from './compose-mail.ts'
import type { Host } from './host.ts'
import { queueOwnMail, type OwnMail } from './send-own-mail.ts'

export type MailTarget = { readonly to: Mailbox; readonly inboxId: string | null }

/** Never an address that nobody has verified: it may be somebody else's. Undefined: there is none. */
export const accountMailbox = async (db: Database | Tx, accountId: string): Promise<MailTarget | undefined> => {
  const [account, inboxes] = [await accountById(db, accountId), await inboxesOf(db, accountId)]
  if (!account) return undefined
  const verified = inboxes.filter((inbox) => inbox.verifiedAt !== null)
  const inbox = verified.find(({ address }) => address === account.email)
    ?? verified.find(({ id }) => id === account.defaultInboxId) ?? verified[0]
  return inbox && { to: inbox.address, inboxId: inbox.id }
}

/** In a transaction of its own, and then on its way. */
export const tellAccount = async (
  host: Host, accountId: string, mail: OwnText & Pick<OwnMail, 'subject' | 'attached'>, targets?: readonly MailTarget[],
): Promise<void> => {
  await host.db.transaction().execute(async (tx) => {
    const to = targets ?? [await accountMailbox(tx, accountId)]
    const { subject, attached } = mail
    for (const target of to) {
      if (target) await queueOwnMail(host, tx, { accountId, ...target, subject, ...attached && { attached }, ...composeMail(mail) })
    }
  })
  host.wakeWorker()
}
