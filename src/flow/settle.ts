// The outcome of a queued delivery, recorded in one transaction. The lease token fences it: who lost the lease changes nothing.

import type { Outcome } from '../policy/outcome.ts'
import { holdText } from '../policy/hold-text.ts'
import { insertActivity, type ActivityLine } from '../store/activity.ts'
import { batched } from '../store/batched.ts'
import type { Database, Tx } from '../store/database.ts'
import { deferDelivery, removeDeliveries, removeDelivery, type Claimed } from '../store/deliveries.ts'
import { dropReleasedBytes, holdAgain, insertHeld } from '../store/holding.ts'
import { forgetUnusedMessages, lockMessage, type StoredMessage } from '../store/messages.ts'
import type { AliasFact } from '../policy/decide.ts'
import type { Host } from './host.ts'
import { settleReply } from './settle-reply.ts'

const TRY_AGAIN_MS = 5_000

export const settle = async (host: Host, claimed: Claimed, outcome: Outcome): Promise<void> => {
  if (claimed.kind === 'reply') return settleReply(host, claimed, outcome)
  if (outcome.kind !== 'delivered') return settleAlone(host, claimed, outcome)
  try {
    await settleDelivered(host)({ claimed, reply: outcome.reply })
  } catch {
    // One row that cannot be settled must not hold up those that came with it.
    await settleAlone(host, claimed, outcome)
  }
}

type Delivered = { readonly claimed: Claimed; readonly reply: string }
const settlers = new WeakMap<Database, (delivered: Delivered) => Promise<void>>()
/** A queue that drains settles some at a time: seven queries and one fsync for all of them instead of for each. */
const TOGETHER = { rounds: 1, size: 100 } as const

const settleDelivered = (host: Host): ((delivered: Delivered) => Promise<void>) => {
  const known = settlers.get(host.db)
  if (known) return known
  const together = batched((all: readonly Delivered[]) => settleTogether(host, all), TOGETHER)
  settlers.set(host.db, together)
  return together
}

const settleTogether = async (host: Host, all: readonly Delivered[]): Promise<readonly void[]> => {
  const at = host.clock.now()
  const aliases = await Promise.all(all.map(({ claimed }) => (claimed.aliasId === null ? undefined : host.routes.byId(claimed.aliasId))))
  const settled = await host.db.transaction().execute(async (tx) => {
    const ended = new Map((await removeDeliveries(tx, all.map(({ claimed }) => claimed))).map((one) => [one.id, one]))
    for (const { heldId } of ended.values()) if (heldId !== null) await dropReleasedBytes(tx, heldId)
    await insertActivity(tx, all.flatMap(({ claimed, reply }, n): ActivityLine[] => {
      const one = ended.get(claimed.id)
      return one ? [{
        at, accountId: claimed.accountId, aliasId: claimed.aliasId, aliasAddress: aliases[n]?.address ?? null, kind: 'delivered', deliveryId: claimed.id,
        reason: null, sender: one.from, reply: reply || null, size: one.size,
      }] : []
    }))
    await forgetUnusedMessages(tx, [...ended.values()].map(({ messageId }) => messageId))
    return ended
  })
  all.forEach(({ claimed }, n) => {
    const alias = aliases[n]
    if (alias && settled.has(claimed.id)) host.recorder.count('delivered', alias, at)
  })
  return all.map(() => undefined)
}

const settleAlone = async (host: Host, claimed: Claimed, outcome: Outcome): Promise<void> => {
  const alias = claimed.aliasId === null ? undefined : await host.routes.byId(claimed.aliasId)
  const at = host.clock.now()
  const settled = await host.db.transaction().execute(async (tx) => {
    const message = await lockMessage(tx, claimed.messageId)
    // Its owner discarded it with the address while the attempt was under way: there is nothing to settle.
    if (!message) return false
    const note = (kind: ActivityLine['kind'], reason?: string): Promise<void> => insertActivity(tx, [{
      at, accountId: claimed.accountId, aliasId: claimed.aliasId, aliasAddress: alias?.address ?? null, kind, deliveryId: claimed.id,
      reason: reason ?? null, sender: message.from, reply: outcome.reply || null, size: message.size,
    }])
    switch (outcome.kind) {
      case 'deferred': {
        const unknownOutcomes = claimed.unknownOutcomes + (outcome.unknown ? 1 : 0)
        if (!await deferDelivery(tx, claimed.id, claimed.leaseToken, { ...outcome, unknownOutcomes })) return false
        await note('deferred', outcome.unknown ? 'possibly-delivered' : undefined)
        return true
      }
      case 'delivered':
        if (!await removeDelivery(tx, claimed.id, claimed.leaseToken)) return false
        if (claimed.heldId !== null) await dropReleasedBytes(tx, claimed.heldId)
        await note('delivered')
        await forgetUnusedMessages(tx, [claimed.messageId])
        return true
      case 'held':
        if (!await removeDelivery(tx, claimed.id, claimed.leaseToken)) return false
        if (alias) await hold(tx, alias, claimed, message, outcome, at)
        await note(alias ? 'held' : 'failed', outcome.reason)
        await forgetUnusedMessages(tx, [claimed.messageId])
        return true
    }
  })
  if (!settled || !alias) return
  if (outcome.kind === 'delivered') host.recorder.count('delivered', alias, at)
  if (outcome.kind === 'held') host.recorder.count('held', alias, at)
}

/** Over the quota too: it was answered 250 (choice 10). */
const hold = async (
  tx: Tx, alias: AliasFact, claimed: Claimed, message: StoredMessage, outcome: Extract<Outcome, { kind: 'held' }>, at: Date,
): Promise<void> => {
  const { reason } = outcome
  const reasonText = holdText(reason, outcome.reply)
  const again = claimed.heldId !== null
    && await holdAgain(tx, claimed.heldId, { reason, reasonText, at, messageId: claimed.messageId, inboxId: claimed.inboxId, burnedAt: burnOf(outcome) })
  if (again) return
  await insertHeld(tx, {
    accountId: claimed.accountId, aliasId: alias.id, messageId: claimed.messageId, inboxId: claimed.inboxId, reason, reasonText, at,
    burnedAt: burnOf(outcome), size: message.size, authenticated: message.authenticated,
  })
}

const burnOf = (outcome: Extract<Outcome, { kind: 'held' }>): Date | null => (outcome.reason === 'burned' ? outcome.burnedAt ?? null : null)

/** Keeps the lease until the outcome is there and recorded. The database may be away meanwhile; the reply is not asked for twice. */
export const settleLater = (host: Host, outcome: Promise<Outcome>, claimed: Claimed): Promise<void> => {
  const letGo = host.leases.keep(claimed.id, claimed.leaseToken)
  const record = async (said: Outcome): Promise<void> => {
    for (;;) {
      try {
        return await settle(host, claimed, said)
      } catch (error) {
        host.log.warn({ err: error, delivery: claimed.id.toString() }, 'outcome could not be recorded, trying again')
        if (host.stopWaiting.aborted) return
        await new Promise<void>((resolve) => host.clock.setTimeout(resolve, TRY_AGAIN_MS).unref())
      }
    }
  }
  return outcome.then(record).catch((error: unknown) => {
    host.log.error({ err: error, delivery: claimed.id.toString() }, 'a delivery ended without an outcome')
  }).finally(letGo)
}
