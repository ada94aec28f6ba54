// The outcomes of queued deliveries: those that arrived some at a time, each other one by itself (settle-one.ts), a reply in its own way.

import type { Outcome } from '../policy/outcome.ts'
import { holdText } from '../policy/hold-text.ts'
import { insertActivity, type ActivityLine } from '../store/activity.ts'
import { batched } from '../store/batched.ts'
import type { Database } from '../store/database.ts'
import { removeDeliveries, type Claimed } from '../store/deliveries.ts'
import { dropReleasedBytes, holdAgain, insertHeld } from '../store/holding.ts'
import { forgetUnusedMessages } from '../store/messages.ts'
import type { Host } from './host.ts'
import { settleOne } from './settle-one.ts'
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

const settleAlone = (host: Host, claimed: Claimed, outcome: Outcome): Promise<void> => settleOne(host, claimed, outcome, {
  arrived: 'delivered', named: ({ from }) => from,
  hold: async (tx, { alias, message, outcome: { reason, reply, burnedAt }, at }) => {
    const { messageId, inboxId, heldId } = claimed
    const held = { messageId, inboxId, reason, reasonText: holdText(reason, reply), at, burnedAt: reason === 'burned' ? burnedAt ?? null : null }
    const again = heldId === null ? undefined : await holdAgain(tx, heldId, held)
    return again ?? insertHeld(tx, { ...held, accountId: claimed.accountId, aliasId: alias.id, size: message.size, authenticated: message.authenticated })
  },
})

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
