// Restore: active again, from any state, and no flood any more; on request with the mail that was missed because of a burn, and nothing else.
import { aliasByUuid, type Alias } from '../store/aliases.ts'
import { letThrough } from '../store/made-up.ts'
import { moveAlias, type OneAlias } from './alias-state.ts'
import type { Host } from './host.ts'
import { releaseHeldOf } from './release-held.ts'

type Restored = { readonly alias: Alias; readonly released: number; readonly skipped: number }

export const restoreAlias = async (
  host: Host, which: OneAlias & { readonly releaseHeld?: 'latest-burn' | 'any-burn' | undefined },
): Promise<Restored> => {
  const restored = await host.db.transaction().execute(async (tx): Promise<Restored> => {
    const moved = await moveAlias(host, tx, which, 'restore')
    if (moved.flooded) await letThrough(tx, moved.id)
    const alias = { ...moved, flooded: false }
    if (which.releaseHeld === undefined) return { alias, released: 0, skipped: 0 }
    const { released, skipped } = await releaseHeldOf(host, tx, { aliasId: alias.id, since: which.releaseHeld })
    return { alias: (await aliasByUuid(tx, which.accountId, which.uuid))!, released, skipped }
  })
  if (restored.released > 0) host.wakeWorker()
  return restored
}
