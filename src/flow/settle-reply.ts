// The outcome of a queued reply: one that did not arrive is held, and the inbox that sent it is told.

import { heldReplyText } from '../policy/hold-text.ts'
import type { AliasFact } from '../policy/decide.ts'
import type { Outcome } from '../policy/outcome.ts'
import { withoutAddresses } from '../policy/passed-back.ts'
import type { Tx } from '../store/database.ts'
import type { Claimed } from '../store/deliveries.ts'
import { dropReleasedBytes, insertHeld } from '../store/holding.ts'
import { readMessage } from '../store/messages.ts'
import { correspondentById } from '../store/reverse-aliases.ts'
import { endOfFields } from '../mail/header.ts'
import type { Host } from './host.ts'
import { settleOne, type HeldOutcome } from './settle-one.ts'
import { tellSender } from './tell-sender.ts'

export const settleReply = async (host: Host, claimed: Claimed, outcome: Outcome): Promise<void> => {
  const { accountId, correspondentId, inboxId, heldId } = claimed
  const to = correspondentId === null ? undefined : await correspondentById(host.db, host.keys, correspondentId)
  await settleOne(host, claimed, outcome, {
    arrived: 'replied', named: () => to?.address ?? null,
    // Of a released one with several recipients only this one is held again.
    hold: async (tx, { alias, message, outcome: held, at }) => {
      const { reason } = held
      const id = await insertHeld(tx, {
        accountId, aliasId: alias.id, messageId: claimed.messageId, inboxId, reason, reasonText: heldReplyText(reason, held.reply), at,
        burnedAt: reason === 'burned' ? held.burnedAt ?? null : null, size: message.size, authenticated: true,
        out: { correspondentIds: correspondentId === null ? [] : [correspondentId] },
      })
      if (heldId !== null) await dropReleasedBytes(tx, heldId)
      if (to && inboxId !== null) await tell(host, tx, { ...claimed, inboxId }, alias, held)
      return id
    },
  })
  if (outcome.kind === 'held') host.wakeWorker()
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
