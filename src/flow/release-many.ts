// Release of several: what the owner picked, or all that was held since a time. A part a call, so that a page can show how far it is and stop.
import { heldToRelease, markReleasedByIds, type HeldPick } from '../store/held-picks.ts'
import { retried } from '../store/retried.ts'
import { createRoutes } from '../store/routes.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'
import { queueReleased, releasableAlias } from './release-held.ts'

export type Released = {
  readonly released: number
  /** Not released: they would reveal an inbox, or their address has no verified one. */
  readonly skipped: number
  /** Where the next call goes on; null: that was all. */
  readonly next: string | null
  /** How many are left after this call. */
  readonly remaining: number
}

export const releaseMany = async (host: Host, pick: HeldPick): Promise<Released> => {
  // Two callers with the same messages may meet in another order.
  const released = await retried(() => host.db.transaction().execute(async (tx): Promise<Released> => {
    const found = await heldToRelease(tx, pick)
    let count = 0
    for (const [aliasId, ids] of found.byAlias) {
      const alias = await releasableAlias(createRoutes(tx), aliasId).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'no-inbox') return undefined
        throw error
      })
      if (!alias) continue
      const marked = await markReleasedByIds(tx, host.clock.now(), ids)
      for (const one of marked) await queueReleased(host, tx, alias, one)
      count += marked.length
    }
    return { released: count, skipped: found.looked - count, next: found.next, remaining: found.remaining }
  }))
  if (released.released > 0) host.wakeWorker()
  return released
}
