// An alias that ends by itself burns: into holding, never into nothing. Its owner can restore it, and then it has no end any more.

import type { AliasFact } from '../policy/decide.ts'
import { clearEnds, endedAliases } from '../store/alias-ends.ts'
import { moveAlias } from './alias-state.ts'
import type { Host } from './host.ts'

const BATCH = 100

/** 'wrote-again': somebody did, after its owner unsubscribed there. Returns the alias as it is now. */
export const endAlias = async (host: Host, which: { readonly id: number; readonly accountId: string; readonly uuid: string }, why: string): Promise<void> => {
  await host.db.transaction().execute(async (tx) => {
    await moveAlias(host, tx, which, 'burn', why)
    await clearEnds(tx, which.id)
  })
}

/** Of the message that found it ended: held with the others of that burn. */
export const endedNow = async (host: Host, alias: AliasFact, why: string): Promise<AliasFact> => {
  await endAlias(host, alias, why)
  return await host.routes.byId(alias.id) ?? alias
}

/** By the schedule: what no message has found yet. */
export const endAliases = async (host: Host): Promise<void> => {
  for (;;) {
    const ended = await endedAliases(host.db, host.clock.now(), BATCH)
    for (const alias of ended) {
      if (host.stopping.aborted) return
      await endAlias(host, alias, `end-${alias.why}`)
    }
    if (ended.length < BATCH) return
  }
}
