// The operator's hand on an account: suspended, its mail is held and it may only read; deleted, it is suspended for 30 days of grace first.
import { lockAccounts } from '../store/accounts.ts'
import type { Tx } from '../store/database.ts'
import { accountsToDelete, hostAccounts, otherOperators, setSuspension } from '../store/host-accounts.ts'
import { deleteAccountRow, deleteSomeAliases, isToDelete } from '../store/delete-account.ts'
import { ensureSystemAliases } from './create-account.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

export const graceDays = 30
const dayMs = 86_400_000
const batch = 200

export const suspendAccount = (host: Host, accountId: string): Promise<void> => change(host, accountId, async (tx, now) => {
  await refuseLastOperator(tx, accountId)
  return { suspendedAt: now, deleteAt: null }
})

/** From suspended or from the days of grace. What was held meanwhile stays held: its owner releases it. */
export const restoreAccount = (host: Host, accountId: string): Promise<void> => change(host, accountId, async () => ({ suspendedAt: null, deleteAt: null }))

export const leaveAccount = (host: Host, accountId: string): Promise<void> => change(host, accountId, async (tx, now) => {
  await refuseLastOperator(tx, accountId)
  return { suspendedAt: now, deleteAt: new Date(now.getTime() + graceDays * dayMs) }
})

type Suspension = Parameters<typeof setSuspension>[2]

const change = (host: Host, accountId: string, to: (tx: Tx, now: Date) => Promise<Suspension>): Promise<void> =>
  host.db.transaction().execute(async (tx) => {
    await lockAccounts(tx)
    const now = host.clock.now()
    const [before] = await hostAccounts(tx, now, accountId)
    if (!before) throw notFound('account')
    const after = await to(tx, now)
    // Said twice, it does not begin anew.
    const suspendedAt = after.suspendedAt && (before.suspendedAt ?? after.suspendedAt)
    await setSuspension(tx, accountId, { suspendedAt, deleteAt: after.deleteAt && (before.deleteAt ?? after.deleteAt) })
  })

export const refuseLastOperator = async (tx: Tx, accountId: string): Promise<void> => {
  const [account] = await hostAccounts(tx, new Date(0), accountId)
  if (account?.role === 'operator' && await otherOperators(tx, accountId) === 0) {
    throw new Problem('protected', 'A host needs an operator: make another account one first.')
  }
}

/** Those whose grace is over; called by the schedule. A part at a time, so that a stop in the middle is taken up at the next call. */
export const deleteLeftAccounts = async (host: Host): Promise<void> => {
  for (const accountId of await accountsToDelete(host.db, host.clock.now())) {
    while (!host.stopping.aborted && await host.db.transaction().execute((tx) => deletePart(host, tx, accountId)));
  }
}

/** True while there is more. */
const deletePart = async (host: Host, tx: Tx, accountId: string): Promise<boolean> => {
  if (!await isToDelete(tx, accountId, host.clock.now())) return false
  const retiredHash = (address: string): Buffer => host.keys.hash('retired-address', address)
  if (await deleteSomeAliases(tx, accountId, batch, retiredHash) > 0) return true
  await deleteAccountRow(tx, accountId)
  await ensureSystemAliases(host, tx)
  host.log.info({ account: accountId }, 'an account was deleted after its days of grace')
  return false
}
