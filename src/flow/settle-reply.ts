// The outcome of a queued reply, recorded in one transaction and fenced by the lease like any (settle.ts). One that did not arrive is held, and
// the inbox that sent it is told.

import { heldReplyText } from '../policy/hold-text.ts'
import type { AliasFact } from '../policy/decide.ts'
import type { Outcome } from '../policy/outcome.ts'
import { withoutAddresses } from '../policy/passed-back.ts'
import { insertActivity, type ActivityLine } from '../store/activity.ts'
import type { Tx } from '../store/database.ts'
import { deferDelivery, removeDelivery, type Claimed } from '../store/deliveries.ts'
import { dropReleasedBytes, insertHeld } from '../store/holding.ts'
import { forgetUnusedMessages, lockMessage, readMessage, type StoredMessage } from '../store/messages.ts'
import { correspondentById } from '../store/reverse-aliases.ts'
import { endOfFields } from '../mail/header.ts'
import type { Host } from './host.ts'
import { tellSender } from './tell-sender.ts'

export const settleReply = async (host: Host, claimed: Claimed, outcome: Outcome): Promise<void> => {
  const alias = claimed.aliasId === null ? undefined : await host.routes.byId(claimed.aliasId)
  const to = claimed.correspondentId === null ? undefined : await correspondentById(host.db, host.keys, claimed.correspondentId)
  const at = host.clock.now()
  const settled = await host.db.transaction().execute(async (tx) => {
    const message = await lockMessage(tx, claimed.messageId)
    // Its owner discarded it with the address while the attempt was under way: there is nothing to settle.
    if (!message) return false
    const note = (kind: ActivityLine['kind'], reason?: string): Promise<void> => insertActivity(tx, [{
      at, accountId: claimed.accountId, aliasId: claimed.aliasId, aliasAddress: alias?.address ?? null, kind, deliveryId: claimed.id,
      reason: reason ?? null, sender: to?.address ?? null, reply: outcome.reply || null, size: message.size,
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
        await note('replied')
        await forgetUnusedMessages(tx, [claimed.messageId])
        return true
      case 'held':
        if (!await removeDelivery(tx, claimed.id, claimed.leaseToken)) return false
        if (alias) await hold(tx, alias, claimed, message, outcome, at)
        if (alias && to && claimed.inboxId !== null) await tell(host, tx, { ...claimed, inboxId: claimed.inboxId }, alias, outcome)
        await note(alias ? 'held' : 'failed', outcome.reason)
        await forgetUnusedMessages(tx, [claimed.messageId])
        return true
    }
  })
  if (!settled || !alias) return
  if (outcome.kind === 'delivered') host.recorder.count('replied', alias, at)
  if (outcome.kind !== 'held') return
  host.recorder.count('held', alias, at)
  host.wakeWorker()
}

type HeldOutcome = Extract<Outcome, { kind: 'held' }>

/** Over the quota too: it was answered 250 (choice 10). Of a released one with several recipients only this one is held again. */
const hold = async (tx: Tx, alias: AliasFact, claimed: Claimed, message: StoredMessage, outcome: HeldOutcome, at: Date): Promise<void> => {
  const { reason } = outcome
  await insertHeld(tx, {
    accountId: claimed.accountId, aliasId: alias.id, messageId: claimed.messageId, inboxId: claimed.inboxId, reason,
    reasonText: heldReplyText(reason, outcome.reply), at, burnedAt: reason === 'burned' ? outcome.burnedAt ?? null : null,
    size: message.size, authenticated: true, out: { correspondentIds: claimed.correspondentId === null ? [] : [claimed.correspondentId] },
  })
  if (claimed.heldId !== null) await dropReleasedBytes(tx, claimed.heldId)
}

const tell = async (host: Host, tx: Tx, claimed: Claimed & { readonly inboxId: string }, alias: AliasFact, outcome: HeldOutcome): Promise<void> => {
  const said = withoutAddresses(outcome.reply)
  const [first] = await firstPiece(tx, claimed.messageId)
  await tellSender(host, tx, {
    alias, inboxId: claimed.inboxId, correspondentId: claimed.correspondentId ?? '0', sentAt: claimed.createdAt, said,
    header: first ? first.subarray(0, endOfFields(first)) : Buffer.alloc(0),
    paragraphs: [
      `Your reply from ${alias.address} did not arrive.`, heldReplyText(outcome.reason, said),
      `It waits in Holding, where you can send it again or throw it away: ${new URL('/holding', host.config.url).href}`,
    ],
  })
}

const firstPiece = async (tx: Tx, messageId: string): Promise<readonly Buffer[]> => {
  for await (const piece of readMessage(tx, messageId)) return [piece]
  return []
}
