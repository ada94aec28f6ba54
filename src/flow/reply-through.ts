// A reply to one correspondent while the owner's server waits: his mail program hears what theirs said. The rules of HOUSE.md section 1 are those
// of a forward; only what a refusal comes to differs, because who wrote it is known and can be told.

import type { Outcome } from '../policy/outcome.ts'
import { LEASE_MS } from '../store/deliveries.ts'
import { deliverReply } from './deliver-reply.ts'
import type { Host } from './host.ts'
import { outcomeInTime, takeWaitingPlace } from './in-time.ts'
import type { Acceptance } from './incoming.ts'
import { holdReply, lineForReply, queueReply, type LeavingDelivery, type LeavingReply } from './leaving-reply.ts'
import { settleLater } from './settle.ts'
import type { UnderWay } from './under-way.ts'

const ACCEPTED: Acceptance = { kind: 'accepted' }

export const replyThrough = async (host: Host, reply: LeavingReply, delivery: LeavingDelivery): Promise<Acceptance> => {
  const leave = takeWaitingPlace(host)
  if (!leave) {
    await queueReply(host, reply, [delivery])
    return ACCEPTED
  }
  try {
    const underWay = deliverReply(host, {
      ...delivery, correspondentId: delivery.to.id, attempts: 1, unknownOutcomes: 0, released: false,
    }, reply.message, reply.content, { inline: true, to: delivery.to.address })
    const outcome = await outcomeInTime(host, underWay, reply.message.receivedAt)
    return outcome ? await answer(host, outcome, reply, delivery) : await awaitReply(host, underWay, reply, delivery)
  } finally {
    leave()
  }
}

const answer = async (host: Host, outcome: Outcome, reply: LeavingReply, delivery: LeavingDelivery): Promise<Acceptance> => {
  const at = host.clock.now()
  const line = { ...lineForReply(reply, delivery.to, at), deliveryId: delivery.id, reply: outcome.reply }
  switch (outcome.kind) {
    case 'delivered':
      host.recorder.note({ ...line, kind: 'replied' })
      host.recorder.count('replied', reply.alias, at)
      return ACCEPTED
    case 'deferred': {
      const entry = { attempts: 1, unknownOutcomes: outcome.unknown ? 1 : 0, nextAttemptAt: outcome.retryAt, lastReply: outcome.reply }
      await queueReply(host, reply, [outcome.tried ? { ...delivery, entry } : delivery])
      return ACCEPTED
    }
    case 'held': break
  }
  switch (outcome.reason) {
    // Burned or closed since RCPT.
    case 'burned': return { kind: 'refused', reason: 'reply-burned' }
    case 'closed': return { kind: 'refused', reason: 'reply-closed' }
    case 'suspended': return { kind: 'refused', reason: 'reply-suspended' }
    case 'refused': case 'unsupported':
      host.recorder.note({ ...line, kind: 'refused', reason: 'correspondent' })
      return { kind: 'passed-back', said: outcome.reply }
    default:
      await holdReply(host, reply, [delivery.to], { reason: outcome.reason, reply: outcome.reply })
      return ACCEPTED
  }
}

/** Rule b: the bytes are stored before the answer, the reply settles the row whenever it comes. */
const awaitReply = async (host: Host, underWay: UnderWay, reply: LeavingReply, delivery: LeavingDelivery): Promise<Acceptance> => {
  const now = host.clock.now()
  const leaseToken = host.random(8).readBigUInt64BE() >> 2n
  const entry = { attempts: 1, unknownOutcomes: 0, nextAttemptAt: now, awaiting: { leaseUntil: new Date(now.getTime() + LEASE_MS), leaseToken } }
  const messageId = await queueReply(host, reply, [{ ...delivery, entry }])
  void settleLater(host, underWay.outcome, {
    id: delivery.id, kind: 'reply', accountId: reply.alias.accountId, aliasId: delivery.aliasId, inboxId: delivery.inboxId,
    correspondentId: delivery.to.id, messageId, released: false, heldId: null,
    createdAt: delivery.createdAt, expiresAt: delivery.expiresAt, attempts: 1, unknownOutcomes: 0, leaseToken,
  })
  return ACCEPTED
}
