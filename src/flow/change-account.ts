// The account's own settings.
import type { AddressFormat } from '../policy/local-part.ts'
import { renameAccount, updateSettings } from '../store/accounts.ts'
import { inboxByUuid } from '../store/inboxes.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'

type Change = {
  readonly accountId: string
  readonly name?: string | undefined
  readonly defaultInboxUuid?: string | undefined
  readonly heldDays?: number | undefined
  readonly activityDays?: number | undefined
  readonly addressFormat?: AddressFormat | undefined
  readonly notices?: boolean | undefined
  readonly spamThreshold?: number | null | undefined
  readonly correspondentDays?: number | undefined
  readonly realName?: string | null | undefined
  readonly shareAnswers?: boolean | undefined
  readonly rewriteInvitations?: boolean | undefined
}

export const changeAccount = (host: Host, change: Change): Promise<void> => host.db.transaction().execute(async (tx) => {
  const { accountId, name, defaultInboxUuid, heldDays, activityDays, addressFormat, notices, spamThreshold } = change
  const { correspondentDays, realName, shareAnswers, rewriteInvitations } = change
  const inbox = defaultInboxUuid === undefined ? undefined : await inboxByUuid(tx, accountId, defaultInboxUuid)
  if (defaultInboxUuid !== undefined && (!inbox || inbox.verifiedAt === null)) {
    throw new Problem('invalid', 'default_inbox_id must be one of your verified inboxes.', { field: 'default_inbox_id' })
  }
  if (name !== undefined) await renameAccount(tx, accountId, name, host.clock.now())
  await updateSettings(tx, accountId, {
    ...(inbox && { defaultInboxId: inbox.id }), ...(heldDays !== undefined && { heldDays }),
    ...(activityDays !== undefined && { activityDays }), ...(addressFormat !== undefined && { addressFormat }), ...(notices !== undefined && { notices }),
    ...(spamThreshold !== undefined && { spamThreshold }), ...(correspondentDays !== undefined && { correspondentDays }),
    ...(realName !== undefined && { realName }), ...(shareAnswers !== undefined && { shareAnswers }),
    ...(rewriteInvitations !== undefined && { rewriteInvitations }),
  })
})
