// The address that a person signs in with: one of their verified inboxes, so that nobody signs in with what they do not read.
// Where the account was reached before is told (RELIABILITY L23).
import { changeEmail as writeEmail, accountById } from '../store/accounts.ts'
import { inboxByUuid } from '../store/inboxes.ts'
import { refusalOf } from './constraint.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'
import { tellEmailChanged } from './security-mail.ts'
import { accountMailbox } from './tell-account.ts'

export const changeEmail = async (host: Host, input: { readonly accountId: string; readonly inboxUuid: string }): Promise<void> => {
  const { accountId } = input
  const [inbox, account, before] = await Promise.all([
    inboxByUuid(host.db, accountId, input.inboxUuid), accountById(host.db, accountId), accountMailbox(host.db, accountId),
  ])
  if (!inbox || inbox.verifiedAt === null) throw new Problem('invalid', 'inbox_id must be one of your verified inboxes.', { field: 'inbox_id' })
  if (account?.email === inbox.address) return
  await host.db.transaction().execute((tx) => writeEmail(tx, accountId, inbox.address, host.clock.now())).catch((error: unknown) => {
    if (refusalOf(error)?.kind === 'unique') throw new Problem('account-exists', 'Another account signs in with this address.')
    throw error
  })
  if (before && before.to !== inbox.address) await tellEmailChanged(host, accountId, inbox.address, [before])
}
