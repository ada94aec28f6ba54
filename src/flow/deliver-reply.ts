// One delivery of a reply, tried once. The message is as it leaves since it was taken over, so there is nothing to rewrite here: the alias is
// read again, and the correspondent's address, which is kept encrypted until now.

import type { Mailbox } from '../mail/address.ts'
import type { Content } from '../mail/content.ts'
import { holdsReply } from '../policy/decide.ts'
import type { Tries } from '../policy/outcome.ts'
import { correspondentById } from '../store/reverse-aliases.ts'
import type { Host } from './host.ts'
import { replyPath, type ReplyDelivery } from './reply-names.ts'
import { underWay, type UnderWay } from './under-way.ts'

export type ReplyAttempt = Omit<ReplyDelivery, 'correspondentId'> & Tries & {
  /** Null: the correspondent was forgotten with what they wrote. */
  readonly correspondentId: string | null
  readonly aliasId: number
  /** Released from holding by its owner: burned and closed no longer matter. */
  readonly released: boolean
}

/** @param to where it is known already */
export const deliverReply = (
  host: Host, delivery: ReplyAttempt, message: { readonly smtpUtf8: boolean }, content: Content,
  options: { readonly inline: boolean; readonly to?: Mailbox },
): UnderWay => underWay(host, delivery, async () => {
  const { correspondentId } = delivery
  const recipient = options.to ?? (correspondentId === null ? undefined : (await correspondentById(host.db, host.keys, correspondentId))?.address)
  const [alias, to] = await Promise.all([host.routes.byId(delivery.aliasId), recipient && placeOf(host, recipient)])
  if (!alias) return { kind: 'held', reason: 'closed', reply: '' }
  if (correspondentId === null || to === undefined) return { kind: 'held', reason: 'refused', reply: 'The correspondent was forgotten.' }
  const reason = holdsReply(alias, delivery.released)
  if (reason) return { kind: 'held', reason, reply: '', burnedAt: alias.burnedAt }
  return {
    envelope: {
      reversePath: { kind: 'mailbox', mailbox: replyPath(host, alias, { ...delivery, correspondentId }) }, forwardPath: to.address,
      smtpUtf8: message.smtpUtf8,
    },
    isInside: to.isInside,
    outgoing: { header: content.header, content },
    authentication: '',
  }
}, options)

/** Asked together with the alias, in one query. */
const placeOf = async (host: Host, address: Mailbox): Promise<{ readonly address: Mailbox; readonly isInside: boolean }> =>
  ({ address, isInside: (await host.routes.byAddress(address)).kind !== 'foreign-domain' })
