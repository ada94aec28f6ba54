// A reply that may leave, and its ways into the store: queued for one or several correspondents, or held for its owner.

import type { Content } from '../mail/content.ts'
import { EXPIRES_AFTER_MS } from '../policy/backoff.ts'
import type { AliasFact, CorrespondentFact, HoldReason, InboxFact } from '../policy/decide.ts'
import { heldReplyText } from '../policy/hold-text.ts'
import type { Find } from '../policy/leak.ts'
import { insertActivity, type ActivityLine } from '../store/activity.ts'
import { insertDeliveries } from '../store/deliveries.ts'
import { insertHeld } from '../store/holding.ts'
import { insertMessage, type MessageFacts } from '../store/messages.ts'
import { retried } from '../store/retried.ts'
import { newDeliveryId, type Host } from './host.ts'
import type { Entry } from './queue-and-hold.ts'
import { roomInQueue } from './queue-limit.ts'

export type LeavingReply = {
  readonly alias: AliasFact
  /** That sent it, and gets the DSN; null: by SMTP AUTH, from none. */
  readonly inbox: InboxFact | null
  readonly message: MessageFacts
  /** As it leaves. */
  readonly content: Content
  /** What SPF, DKIM and DMARC said of the owner's own message. */
  readonly checks: string | null
}

export type LeavingDelivery = {
  readonly id: bigint
  readonly aliasId: number
  readonly inboxId: string | null
  readonly to: CorrespondentFact
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly entry?: Entry
}

export const leavingDelivery = (host: Host, { alias, inbox, message }: LeavingReply, to: CorrespondentFact): LeavingDelivery => ({
  id: newDeliveryId(host), aliasId: alias.id, inboxId: inbox?.id ?? null, to, createdAt: message.receivedAt,
  expiresAt: new Date(message.receivedAt.getTime() + EXPIRES_AFTER_MS),
})

/** In the activity a line of a reply names whom it is for. */
export const lineForReply = ({ alias, content, checks }: LeavingReply, to: Pick<CorrespondentFact, 'address'>, at: Date): Omit<ActivityLine, 'kind'> => ({
  at, accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, sender: to.address, size: content.size, checks,
})

/** Resolves after the commit; returns the message's id. Throws NoRoom when the queue is over its limit. */
export const queueReply = async (host: Host, reply: LeavingReply, deliveries: readonly LeavingDelivery[]): Promise<string> => {
  const at = host.clock.now()
  const untried: Entry = { attempts: 0, unknownOutcomes: 0, nextAttemptAt: at }
  const untaken = deliveries.filter(({ entry }) => !entry || (entry.awaiting === undefined && entry.unknownOutcomes === 0)).length
  if (untaken > 0) await roomInQueue(host, untaken)
  const messageId = await retried(() => host.db.transaction().execute(async (tx) => {
    const id = await insertMessage(tx, reply.message, reply.content)
    await insertDeliveries(tx, id, deliveries.map((delivery) => ({
      id: delivery.id, kind: 'reply', accountId: reply.alias.accountId, aliasId: delivery.aliasId, inboxId: delivery.inboxId,
      correspondentId: delivery.to.id, createdAt: delivery.createdAt, expiresAt: delivery.expiresAt, ...delivery.entry ?? untried,
    })))
    await insertActivity(tx, deliveries.map((delivery): ActivityLine => ({
      ...lineForReply(reply, delivery.to, at), kind: 'queued', deliveryId: delivery.id, reply: delivery.entry?.lastReply ?? null,
      reason: delivery.entry && delivery.entry.unknownOutcomes > 0 ? 'possibly-delivered' : null,
    })))
    return id
  }))
  host.wakeWorker()
  return messageId
}

export const holdReply = async (
  host: Host, reply: LeavingReply, to: readonly CorrespondentFact[],
  why: { readonly reason: HoldReason; readonly reply: string; readonly finds?: readonly Find[] },
): Promise<void> => {
  const { alias, inbox, message, content } = reply
  const at = host.clock.now()
  await retried(() => host.db.transaction().execute(async (tx) => {
    const heldId = await insertHeld(tx, {
      accountId: alias.accountId, aliasId: alias.id, messageId: await insertMessage(tx, message, content), inboxId: inbox?.id ?? null,
      reason: why.reason, reasonText: heldReplyText(why.reason, why.reply), at, burnedAt: why.reason === 'burned' ? alias.burnedAt : null,
      size: content.size, authenticated: true, out: { correspondentIds: to.map(({ id }) => id), ...(why.finds && { finds: why.finds }) },
    })
    // One line for each correspondent, of one held message.
    await insertActivity(tx, to.map((one, n): ActivityLine => ({
      ...lineForReply(reply, one, at), kind: 'held', reason: why.reason, ...(n === 0 && { heldId }),
    })))
  }))
  host.recorder.count('held', alias, at)
}
