// One delivery while the sender's server waits: answered with the result, nothing written to disk. When it takes too long,
// the three rules of HOUSE.md section 1: (a) before our final dot the connection is dropped and the message queued;
// (b) after it nobody gives up, it is stored as "awaiting the reply"; (c) a connection that broke after it: outcome unknown.

import type { Content } from '../mail/content.ts'
import { hasRoomForRefused } from '../policy/retention.ts'
import type { Outcome } from '../policy/outcome.ts'
import { LEASE_MS } from '../store/deliveries.ts'
import { holdingUse } from '../store/holding.ts'
import type { MessageFacts } from '../store/messages.ts'
import type { Acceptance } from './incoming.ts'
import { deliver, type RoutedDelivery } from './deliver.ts'
import type { Host } from './host.ts'
import { outcomeInTime, takeWaitingPlace } from './in-time.ts'
import { lineFor, queueAndHold } from './queue-and-hold.ts'
import { settleLater } from './settle.ts'
import type { UnderWay } from './under-way.ts'

export const cutThrough = async (host: Host, delivery: RoutedDelivery, message: MessageFacts, content: Content): Promise<Acceptance> => {
  const leave = takeWaitingPlace(host)
  if (!leave) {
    await queueAndHold(host, { message, content, deliveries: [delivery], holds: [] })
    return { kind: 'accepted' }
  }
  try {
    const underWay = deliver(host, delivery, message, content, { inline: true })
    const outcome = await outcomeInTime(host, underWay, message.receivedAt)
    return outcome ? await answer(host, outcome, delivery, message, content) : await awaitReply(host, underWay, delivery, message, content)
  } finally {
    leave()
  }
}

const answer = async (host: Host, outcome: Outcome, delivery: RoutedDelivery, message: MessageFacts, content: Content): Promise<Acceptance> => {
  switch (outcome.kind) {
    case 'delivered': {
      const at = host.clock.now()
      host.recorder.note({ ...lineFor(host, delivery.alias, message, content.size, at), kind: 'delivered', deliveryId: delivery.id, reply: outcome.reply })
      host.recorder.count('delivered', delivery.alias, at)
      return { kind: 'accepted' }
    }
    case 'deferred': {
      const entry = { attempts: 1, unknownOutcomes: outcome.unknown ? 1 : 0, nextAttemptAt: outcome.retryAt, lastReply: outcome.reply }
      await queueAndHold(host, { message, content, deliveries: [outcome.tried ? { ...delivery, entry } : delivery], holds: [] })
      return { kind: 'accepted' }
    }
    case 'held': {
      if (outcome.reason === 'refused') {
        const use = await holdingUse(host.db, delivery.alias.accountId)
        if (!hasRoomForRefused(use, content.size, message.authenticated)) return { kind: 'refused', reason: 'not-accepted' }
      }
      // The alias may have been burned since RCPT: the burn that holds the message is the one that the attempt saw.
      const alias = { ...delivery.alias, burnedAt: outcome.burnedAt ?? null }
      await queueAndHold(host, { message, content, deliveries: [], holds: [{ alias, reason: outcome.reason, reply: outcome.reply }] })
      return { kind: 'accepted' }
    }
  }
}

/** Rule b. The bytes are stored before the answer, the reply settles the row whenever it comes. */
const awaitReply = async (host: Host, underWay: UnderWay, delivery: RoutedDelivery, message: MessageFacts, content: Content): Promise<Acceptance> => {
  const now = host.clock.now()
  const leaseToken = host.random(8).readBigUInt64BE() >> 2n
  const entry = { attempts: 1, unknownOutcomes: 0, nextAttemptAt: now, awaiting: { leaseUntil: new Date(now.getTime() + LEASE_MS), leaseToken } }
  const messageId = await queueAndHold(host, { message, content, deliveries: [{ ...delivery, entry }], holds: [] })
  settleLater(host, underWay.outcome, {
    id: delivery.id, kind: 'forward', accountId: delivery.alias.accountId, aliasId: delivery.aliasId, inboxId: delivery.inboxId, messageId,
    correspondentId: null, released: false, heldId: null,
    createdAt: delivery.createdAt, expiresAt: delivery.expiresAt, attempts: 1, unknownOutcomes: 0, leaseToken,
  })
  return { kind: 'accepted' }
}
