// Somebody followed the link in the verification mail, or typed its code: from now on the inbox receives. The other inboxes are told, because
// whoever has got into an account would let its mail go elsewhere (RELIABILITY L23).
import type { Mailbox } from '../mail/address.ts'
import { inboxByUuid, inboxesOf, verifyInbox as markVerified, type Inbox } from '../store/inboxes.ts'
import { takeLink, takeLinkByCode } from '../store/one-time-links.ts'
import type { Tx } from '../store/database.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'
import { tellNewInbox } from './security-mail.ts'

export const verifyInbox = async (host: Host, token: string): Promise<{ readonly address: Mailbox }> => {
  const inbox = await host.db.transaction().execute(async (tx) => {
    const now = host.clock.now()
    const link = await takeLink(tx, token, ['verify-inbox'], now)
    return link?.inboxId ? mark(tx, link.inboxId, now) : undefined
  })
  if (!inbox) throw new Problem('link-used', 'This link was used already or has expired. Send a new one from Settings.')
  await tellOthers(host, inbox)
  return { address: inbox.address }
}

export const verifyInboxByCode = async (
  host: Host, input: { readonly accountId: string; readonly uuid: string; readonly code: string },
): Promise<Inbox> => {
  const inbox = await inboxByUuid(host.db, input.accountId, input.uuid)
  if (!inbox) throw notFound('inbox')
  if (inbox.verifiedAt !== null) return inbox
  if (!/^\d{6}$/.test(input.code)) throw new Problem('invalid', `The code has 6 digits. This one has ${input.code.length}.`, { field: 'code' })
  const verified = await host.db.transaction().execute(async (tx) => {
    const now = host.clock.now()
    return await takeLinkByCode(tx, inbox.id, host.keys.hash('code', inbox.id, input.code), now) ? mark(tx, inbox.id, now) : undefined
  })
  if (!verified) throw new Problem('invalid', 'This is not the code of the latest mail. After five wrong ones only its link works.', { field: 'code' })
  await tellOthers(host, verified)
  return (await inboxByUuid(host.db, input.accountId, input.uuid))!
}

type Marked = { readonly id: string; readonly accountId: string; readonly address: Mailbox }

const mark = async (tx: Tx, inboxId: string, now: Date): Promise<Marked | undefined> => {
  const marked = await markVerified(tx, inboxId, now)
  return marked && { ...marked, id: inboxId }
}

const tellOthers = async (host: Host, marked: Marked): Promise<void> => {
  const others = (await inboxesOf(host.db, marked.accountId)).filter((inbox) => inbox.verifiedAt !== null && inbox.id !== marked.id)
  await tellNewInbox(host, marked.accountId, marked.address, others.map((inbox) => ({ to: inbox.address, inboxId: inbox.id })))
}
