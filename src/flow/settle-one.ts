// The outcome of one queued delivery, recorded in one transaction. The lease token fences it: who lost the lease changes nothing.

import type { AliasFact } from '../policy/decide.ts'
import type { Outcome } from '../policy/outcome.ts'
import { insertActivity, type ActivityLine } from '../store/activity.ts'
import type { Tx } from '../store/database.ts'
import { deferDelivery, removeDelivery, type Claimed } from '../store/deliveries.ts'
import { dropReleasedBytes } from '../store/holding.ts'
import { forgetUnusedMessages, lockMessage, type StoredMessage } from '../store/messages.ts'
import type { Host } from './host.ts'

export type HeldOutcome = Extract<Outcome, { kind: 'held' }>
type NotArrived = { readonly alias: AliasFact; readonly message: StoredMessage; readonly outcome: HeldOutcome; readonly at: Date }

/** What forwards and replies differ in. */
export type Manner = {
  readonly arrived: 'delivered' | 'replied'
  /** Whom the line in the activity names. */
  readonly named: (message: StoredMessage) => string | null
  /** Over the quota too: it was answered 250 (choice 10). Returns the id that its owner knows it by. */
  readonly hold: (tx: Tx, notArrived: NotArrived) => Promise<string>
}

export const settleOne = async (host: Host, claimed: Claimed, outcome: Outcome, { arrived, named, hold }: Manner): Promise<void> => {
  const alias = claimed.aliasId === null ? undefined : await host.routes.byId(claimed.aliasId)
  const at = host.clock.now()
  const settled = await host.db.transaction().execute(async (tx) => {
    const message = await lockMessage(tx, claimed.messageId)
    // Its owner discarded it with the address while the attempt was under way: there is nothing to settle.
    if (!message) return false
    const note = (kind: ActivityLine['kind'], also: Pick<ActivityLine, 'reason' | 'heldId'> = {}): Promise<void> => insertActivity(tx, [{
      at, accountId: claimed.accountId, aliasId: claimed.aliasId, aliasAddress: alias?.address ?? null, kind, deliveryId: claimed.id,
      sender: named(message), reply: outcome.reply || null, size: message.size, ...also,
    }])
    switch (outcome.kind) {
      case 'deferred': {
        const unknownOutcomes = claimed.unknownOutcomes + (outcome.unknown ? 1 : 0)
        if (!await deferDelivery(tx, claimed.id, claimed.leaseToken, { ...outcome, unknownOutcomes })) return false
        await note('deferred', { reason: outcome.unknown ? 'possibly-delivered' : null })
        return true
      }
      case 'delivered':
        if (!await removeDelivery(tx, claimed.id, claimed.leaseToken)) return false
        if (claimed.heldId !== null) await dropReleasedBytes(tx, claimed.heldId)
        await note(arrived)
        await forgetUnusedMessages(tx, [claimed.messageId])
        return true
      case 'held':
        if (!await removeDelivery(tx, claimed.id, claimed.leaseToken)) return false
        if (alias) await note('held', { reason: outcome.reason, heldId: await hold(tx, { alias, message, outcome, at }) })
        else await note('failed', { reason: outcome.reason })
        await forgetUnusedMessages(tx, [claimed.messageId])
        return true
    }
  })
  if (settled && alias && outcome.kind !== 'deferred') host.recorder.count(outcome.kind === 'held' ? 'held' : arrived, alias, at)
}
