// Release of a held reply: to those it is for, as it is, or without the parts that would tell who its owner is.

import { lowerCased } from '../mail/address.ts'
import { withHeader } from '../mail/with-header.ts'
import { EXPIRES_AFTER_MS } from '../policy/backoff.ts'
import type { AliasFact } from '../policy/decide.ts'
import { insertActivity } from '../store/activity.ts'
import type { Tx } from '../store/database.ts'
import { insertDeliveries } from '../store/deliveries.ts'
import { heldRecipients, replaceHeldBytes, type HeldLine, type Releasable } from '../store/holding.ts'
import { insertMessage, messageStart } from '../store/messages.ts'
import { replyFacts } from '../store/reply-facts.ts'
import { correspondentById } from '../store/reverse-aliases.ts'
import { newDeliveryId, type Host } from './host.ts'
import { notFound, Problem } from './problem.ts'
import { recipientBehind } from './reply-names.ts'
import { scanReply, withoutParts } from './scan-reply.ts'
import { storedContent } from './stored-content.ts'

/** The caller wakes the worker after the commit. */
export const queueReleasedReply = async (host: Host, tx: Tx, alias: AliasFact, released: Releasable): Promise<void> => {
  const at = host.clock.now()
  const recipients = await heldRecipients(tx, released.id)
  // Its correspondents were forgotten: nobody is left to send it to, so it stays for its owner to read.
  if (recipients.length === 0) throw notFound('correspondent')
  await insertDeliveries(tx, released.messageId, recipients.map((correspondentId) => ({
    id: newDeliveryId(host), kind: 'reply', accountId: released.accountId, aliasId: alias.id, inboxId: released.inboxId, correspondentId,
    heldId: released.id, createdAt: at, expiresAt: new Date(at.getTime() + EXPIRES_AFTER_MS), attempts: 0, unknownOutcomes: 0, nextAttemptAt: at,
  })))
  await insertActivity(tx, [{
    at, accountId: released.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'released', reason: released.reason, sender: alias.address,
  }])
}

/** Changes what is held; the release that follows finds it changed. Scanned again, for what is left may still tell. */
export const leaveOutWhatReveals = async (host: Host, held: HeldLine): Promise<void> => {
  const parts = [...new Set(held.finds.flatMap(({ part }) => part ?? []))]
  if (parts.length === 0 || held.finds.some(({ part }) => part === null)) throw cannot()
  const alias = await host.routes.byId(held.aliasId)
  const start = await messageStart(host.db, held.messageId)
  if (!alias || !start) throw notFound('held message')
  const ids = await heldRecipients(host.db, held.cursor)
  const to = (await Promise.all(ids.map((id) => correspondentById(host.db, host.keys, id)))).filter((one) => one !== undefined)
  const facts = await replyFacts(host.db, alias, [])
  const left = await withoutParts(storedContent(host, start), parts)
  const scanned = await scanReply(host, {
    alias: alias.address, header: left.header, content: left,
    secrets: { addresses: facts.addresses.filter((address) => !to.some((one) => one.address === lowerCased(address))), realName: facts.realName },
    correspondentOf: recipientBehind(host, alias, to),
  })
  if (scanned.kind === 'reveals') throw cannot()
  const content = withHeader(scanned.header, scanned.content)
  await host.db.transaction().execute(async (tx) => {
    const messageId = await insertMessage(tx, start.message, content)
    if (!await replaceHeldBytes(tx, held, messageId, content.size)) throw notFound('held message')
  })
}

const cannot = (): Problem => new Problem('would-reveal', 'Without these parts it would still tell who you are: send it all the same, or drop it.')
