// Somebody followed the link in the verification mail: from now on the inbox receives.
import type { Mailbox } from '../mail/address.ts'
import { verifyInbox as markVerified } from '../store/inboxes.ts'
import { takeLink } from '../store/one-time-links.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'

export const verifyInbox = (host: Host, token: string): Promise<{ readonly address: Mailbox }> =>
  host.db.transaction().execute(async (tx) => {
    const now = host.clock.now()
    const link = await takeLink(tx, token, ['verify-inbox'], now)
    const inbox = link?.inboxId && await markVerified(tx, link.inboxId, now)
    if (!inbox) throw new Problem('link-used', 'This link was used already or has expired. Send a new one from Settings.')
    return { address: inbox.address }
  })
