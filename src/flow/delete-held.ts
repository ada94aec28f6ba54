// The owner throws a held message away; a line in the activity says so.

import { deleteHeld as deleteRow } from '../store/holding.ts'
import type { Host } from './host.ts'
import { notFound } from './problem.ts'

export const deleteHeld = async (host: Host, which: { readonly accountId: string; readonly heldUuid: string }): Promise<void> => {
  const deleted = await host.db.transaction().execute((tx) => deleteRow(tx, which.accountId, which.heldUuid, host.clock.now()))
  if (!deleted) throw notFound('held message')
}
