// The owner's hand on their own account: deleted, it is suspended for the same days of grace, and its owner may sign in, export, and call it off.
import { lockAccounts } from '../store/accounts.ts'
import { leave, stay } from '../store/delete-account.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'
import { tellLeaving } from './security-mail.ts'
import { graceDays, refuseLastOperator } from './suspend-account.ts'

const dayMs = 86_400_000

export const leaveOwnAccount = async (host: Host, accountId: string): Promise<void> => {
  const now = host.clock.now()
  const end = new Date(now.getTime() + graceDays * dayMs)
  await host.db.transaction().execute(async (tx) => {
    await lockAccounts(tx)
    await refuseLastOperator(tx, accountId)
    await leave(tx, accountId, now, end)
  })
  await tellLeaving(host, accountId, end)
}

export const stayAfterAll = (host: Host, accountId: string): Promise<void> => host.db.transaction().execute(async (tx) => {
  if (!await stay(tx, accountId)) throw new Problem('forbidden', 'Only what you deleted yourself you can keep: ask whoever runs this host.')
})
