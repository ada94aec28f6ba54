// The settings in an archive of another Burnbox, the first time that the account takes one. Nothing of it makes anything end sooner than it would.
import { lowerCased } from '../mail/address.ts'
import { accountFacts } from '../policy/import/burnbox-account.ts'
import { accountById, updateSettings } from '../store/accounts.ts'
import { hasTakenArchive } from '../store/import-archive.ts'
import { inboxesOf } from '../store/inboxes.ts'
import { changeRules, rulesOf } from '../store/rules.ts'
import type { Host } from './host.ts'
import type { Run } from './import-batch.ts'

export const importSettings = async (host: Host, run: Run, text: string): Promise<void> => {
  const { settings, rules, defaultInbox } = accountFacts(text)
  const [here, inboxes, rulesHere] = await Promise.all([
    accountById(host.db, run.account.id), inboxesOf(host.db, run.account.id), rulesOf(host.db, run.account.id),
  ])
  if (!here || await hasTakenArchive(host.db, here.id, run.importId)) return
  const { realName, ...others } = settings
  const inbox = inboxes.find(({ address, verifiedAt }) => verifiedAt !== null && lowerCased(address) === defaultInbox)
  const longest = (name: 'heldDays' | 'activityDays' | 'correspondentDays') => ({ [name]: Math.max(here[name], settings[name] ?? 0) })
  await host.db.transaction().execute(async (tx) => {
    await updateSettings(tx, here.id, {
      ...others, ...longest('heldDays'), ...longest('activityDays'), ...longest('correspondentDays'),
      ...(inbox && { defaultInboxId: inbox.id }), ...(here.realName === null && realName !== undefined && { realName }),
    })
    await changeRules(tx, here.id, { ...rules, evidenceDays: Math.max(rulesHere.evidenceDays, rules.evidenceDays ?? 0) })
  })
}
