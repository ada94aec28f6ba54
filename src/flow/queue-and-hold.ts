// Takes a message over: its bytes, its deliveries and what is held of it, committed in one transaction or not at all.

import type { Content } from '../mail/content.ts'
import type { AliasFact, Hold, HoldReason } from '../policy/decide.ts'
import { checksText } from '../policy/checks.ts'
import { holdText } from '../policy/hold-text.ts'
import { bytesToLetGo } from '../policy/retention.ts'
import { insertActivity, type ActivityLine } from '../store/activity.ts'
import type { Tx } from '../store/database.ts'
import { insertDeliveries, type NewDelivery } from '../store/deliveries.ts'
import { holdingUse, insertHeld, letGoOldest } from '../store/holding.ts'
import { insertMessage, type MessageFacts } from '../store/messages.ts'
import { retried } from '../store/retried.ts'
import { aliasThread } from './alias-thread.ts'
import type { RoutedDelivery } from './deliver.ts'
import type { Host } from './host.ts'
import { roomInQueue } from './queue-limit.ts'

export type HeldNow = { readonly alias: AliasFact; readonly reason: HoldReason; readonly inboxId?: string; readonly reply?: string }

/** How a delivery enters the queue: not tried yet, tried once, or sent and awaiting the reply. */
export type Entry = Pick<NewDelivery, 'attempts' | 'unknownOutcomes' | 'nextAttemptAt'> & Partial<Pick<NewDelivery, 'lastReply' | 'awaiting'>>

export type TakenOver = {
  readonly message: MessageFacts
  readonly content: Content
  readonly deliveries: readonly (RoutedDelivery & { readonly entry?: Entry })[]
  readonly holds: readonly (Hold | HeldNow)[]
}

/** Resolves after the commit; returns the message's id. Throws NoRoom when the queue is over its limit. */
export const queueAndHold = async (host: Host, taken: TakenOver): Promise<string> => {
  const { message, content, deliveries, holds } = taken
  const at = host.clock.now()
  const untried: Entry = { attempts: 0, unknownOutcomes: 0, nextAttemptAt: at }
  const untaken = deliveries.filter(({ entry }) => !entry || isUntaken(entry)).length
  if (untaken > 0) await roomInQueue(host, untaken)
  const messageId = await retried(() => host.db.transaction().execute(async (tx) => {
    const id = await insertMessage(tx, message, content)
    await insertDeliveries(tx, id, deliveries.map(({ entry = untried, ...delivery }) => ({
      id: delivery.id, kind: 'forward', accountId: delivery.alias.accountId, aliasId: delivery.aliasId, inboxId: delivery.inboxId,
      createdAt: delivery.createdAt, expiresAt: delivery.expiresAt, ...entry,
    })))
    const heldIds: string[] = []
    for (const hold of holds) heldIds.push(await holdOne(tx, hold, id, message, content.size, at))
    await insertActivity(tx, [
      ...deliveries.map((delivery): ActivityLine => ({
        ...lineFor(host, delivery.alias, message, content.size, at), kind: 'queued', deliveryId: delivery.id, reply: delivery.entry?.lastReply ?? null,
        reason: delivery.entry && delivery.entry.unknownOutcomes > 0 ? 'possibly-delivered' : null,
      })),
      ...holds.map((hold, n): ActivityLine => ({
        ...lineFor(host, hold.alias, message, content.size, at), kind: 'held', reason: hold.reason, reply: 'reply' in hold ? hold.reply ?? null : null,
        heldId: heldIds[n]!,
      })),
    ])
    return id
  }))
  for (const hold of holds) host.recorder.count('held', hold.alias, at)
  if (deliveries.length > 0) host.wakeWorker()
  return messageId
}

/** What may be with the next hop already is stored whatever the length of the queue: the sender's second try would be a second copy. */
const isUntaken = (entry: Entry): boolean => entry.awaiting === undefined && entry.unknownOutcomes === 0

export const lineFor = (host: Host, alias: AliasFact, message: MessageFacts, size: number, at: Date): Omit<ActivityLine, 'kind'> =>
  ({
    at, accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, sender: message.from, size, checks: checksText(message.authentication),
    // So that an answer may name it: see policy/thread.
    thread: message.messageId === undefined ? undefined : aliasThread(host, alias).seenHash(message.messageId),
  })

const holdOne = async (tx: Tx, hold: Hold | HeldNow, messageId: string, message: MessageFacts, size: number, at: Date): Promise<string> => {
  const { alias, reason } = hold
  if (reason === 'burned' || reason === 'refused') {
    await letGoOldest(tx, alias.accountId, alias.id, bytesToLetGo(await holdingUse(tx, alias.accountId), size, reason), at)
  }
  return insertHeld(tx, {
    accountId: alias.accountId, aliasId: alias.id, messageId, inboxId: ('inboxId' in hold && hold.inboxId) || null, reason,
    reasonText: holdText(reason, ('reply' in hold && hold.reply) || ''), at, burnedAt: reason === 'burned' ? alias.burnedAt : null,
    size, authenticated: message.authenticated,
  })
}
