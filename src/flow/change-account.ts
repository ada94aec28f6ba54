// The account's own settings. How much it may have is for whoever runs the host to say (change-quota).
import { renameAccount, updateSettings, type Settings } from '../store/accounts.ts'
import { inboxByUuid } from '../store/inboxes.ts'
import type { Quota } from './change-quota.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'

type Change = Omit<Settings, keyof Quota | 'defaultInboxId'> & {
  readonly accountId: string
  readonly name?: string | undefined
  readonly defaultInboxUuid?: string | undefined
}

export const changeAccount = (host: Host, { accountId, name, defaultInboxUuid, ...settings }: Change): Promise<void> =>
  host.db.transaction().execute(async (tx) => {
    const inbox = defaultInboxUuid === undefined ? undefined : await inboxByUuid(tx, accountId, defaultInboxUuid)
    if (defaultInboxUuid !== undefined && (!inbox || inbox.verifiedAt === null)) {
      throw new Problem('invalid', 'default_inbox_id must be one of your verified inboxes.', { field: 'default_inbox_id' })
    }
    if (name !== undefined) await renameAccount(tx, accountId, name, host.clock.now())
    await updateSettings(tx, accountId, { ...settings, defaultInboxId: inbox?.id })
  })
