// The owner throws a held message away; a line in the activity says so.

import { deletePicked } from '../store/held-picks.ts'
import { deleteHeld as deleteRow } from '../store/holding.ts'
import { retried } from '../store/retried.ts'
import type { Host } from './host.ts'
import { notFound } from './problem.ts'

export const deleteHeld = async (host: Host, which: { readonly accountId: string; readonly heldUuid: string }): Promise<void> => {
  const deleted = await host.db.transaction().execute((tx) => deleteRow(tx, which.accountId, which.heldUuid, host.clock.now()))
  if (!deleted) throw notFound('held message')
}

/** Those that are there; returns how many. */
export const deleteManyHeld = (host: Host, which: { readonly accountId: string; readonly uuids: readonly string[] }): Promise<number> =>
  retried(() => host.db.transaction().execute((tx) => deletePicked(tx, { ...which, limit: which.uuids.length }, host.clock.now())))
