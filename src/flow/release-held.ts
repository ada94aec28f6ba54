// Release: a held message becomes the forward it would have been, once, however often it is called.
// It ignores burned and closed; a suspension or a missing verified inbox still hold it.

import { EXPIRES_AFTER_MS } from '../policy/backoff.ts'
import type { AliasFact } from '../policy/decide.ts'
import { insertActivity } from '../store/activity.ts'
import type { Tx } from '../store/database.ts'
import { insertDeliveries } from '../store/deliveries.ts'
import { heldById, markReleased, wasReleased, type Releasable } from '../store/holding.ts'
import { messageById } from '../store/messages.ts'
import { createRoutes, type Routes } from '../store/routes.ts'
import { newDeliveryId, type Host } from './host.ts'
import { notFound, Problem } from './problem.ts'
import { leaveOutWhatReveals, queueReleasedReply } from './release-reply.ts'

export const releaseHeld = async (host: Host, which: {
  readonly accountId: string
  readonly heldUuid: string
  /** Of a reply that would reveal its owner: as it is, or without the parts in which that was found. */
  readonly anyway?: boolean
  readonly without?: boolean
}): Promise<void> => {
  const held = await heldById(host.db, which.accountId, which.heldUuid)
  if (!held) {
    if (await wasReleased(host.db, which.accountId, which.heldUuid)) return
    throw notFound('held message')
  }
  if (held.reason === 'would-reveal' && which.anyway !== true) {
    if (which.without !== true) {
      throw new Problem('would-reveal', 'This reply would tell who you are: read what was found, then release it with "anyway" or "without".')
    }
    await leaveOutWhatReveals(host, held)
  }
  const alias = await releasableAlias(host.routes, held.aliasId, held.direction)
  await host.db.transaction().execute(async (tx) => {
    const marked = await markReleased(tx, host.clock.now(), { accountId: which.accountId, uuid: which.heldUuid })
    for (const one of marked) await queueReleased(host, tx, alias, one)
  })
  host.wakeWorker()
}

/**
 * What a burn held of one alias, inside the caller's transaction; he wakes the worker after the commit.
 * Replies that would reveal an inbox are never among them: they are held for another reason.
 */
export const releaseHeldOf = async (
  host: Host, tx: Tx, which: { readonly aliasId: number; readonly since: 'latest-burn' | 'any-burn' },
): Promise<{ readonly released: number; readonly skipped: number }> => {
  // Through the caller's own connection: with as many callers as the pool has connections, a second one would never come.
  const alias = await releasableAlias(createRoutes(tx), which.aliasId)
  const burnedAt = which.since === 'any-burn' ? 'any' : alias.burnedAt
  if (burnedAt === null) return { released: 0, skipped: 0 }
  const released = await markReleased(tx, host.clock.now(), { aliasId: which.aliasId, burnedAt })
  for (const one of released) await queueReleased(host, tx, alias, one)
  return { released: released.length, skipped: 0 }
}

export const releasableAlias = async (routes: Routes, aliasId: number, direction: 'in' | 'out' = 'in'): Promise<AliasFact> => {
  const alias = await routes.byId(aliasId)
  if (!alias) throw notFound('address')
  if (alias.suspended) throw new Problem('forbidden', 'The account is suspended, so its held mail stays held.')
  if (direction === 'out') return alias
  if (!alias.inboxes.some((inbox) => inbox.verified)) throw new Problem('no-inbox', 'This address has no verified inbox: verify one first.')
  return alias
}

export const queueReleased = async (host: Host, tx: Tx, alias: AliasFact, released: Releasable): Promise<void> => {
  if (released.direction === 'out') return queueReleasedReply(host, tx, alias, released)
  const at = host.clock.now()
  const verified = alias.inboxes.filter((inbox) => inbox.verified)
  // The inbox that refused it, if it is still one of this address; else all of them, as the forward would have gone.
  const only = verified.filter((inbox) => inbox.id === released.inboxId)
  const inboxes = only.length > 0 ? only : verified
  await insertDeliveries(tx, released.messageId, inboxes.map((inbox) => ({
    id: newDeliveryId(host), kind: 'forward', accountId: released.accountId, aliasId: alias.id, inboxId: inbox.id, heldId: released.id,
    createdAt: at, expiresAt: new Date(at.getTime() + EXPIRES_AFTER_MS), attempts: 0, unknownOutcomes: 0, nextAttemptAt: at,
  })))
  const message = await messageById(tx, released.messageId)
  await insertActivity(tx, [{
    at, accountId: released.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'released', reason: released.reason,
    sender: message?.from ?? null, size: message?.size ?? null,
  }])
}
