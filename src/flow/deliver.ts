// One delivery, tried once: read the alias again, decide again, rewrite the header, hand it to the next hop.
// Both ways come here: while the sender waits, and from the queue.

import { formatField, fieldsOf, type Field } from '../mail/header.ts'
import type { Mailbox } from '../mail/address.ts'
import type { Content } from '../mail/content.ts'
import { verpLocalPart } from '../mail/return-path.ts'
import { receivedField } from '../mail/trace.ts'
import { decideAttempt, type AliasFact, type InboxFact } from '../policy/decide.ts'
import { hasBareLineEnds } from '../policy/intact.ts'
import { correspondentsOf, rewriteHeader } from '../policy/rewrite.ts'
import type { Outgoing } from '../relay/attempt.ts'
import type { MessageFacts } from '../store/messages.ts'
import { aliasThread } from './alias-thread.ts'
import { withBanner } from './forward-banner.ts'
import { withInvitations } from './forward-invitations.ts'
import { namedIn, reverseAliasesOf } from './forward-names.ts'
import type { Host } from './host.ts'
import { withOwnersFields } from './owners-fields.ts'
import { underWay, type UnderWay } from './under-way.ts'

const DAY_MS = 86_400_000

export type Delivery = {
  readonly id: bigint
  readonly aliasId: number
  readonly inboxId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
  /** Counts this attempt. */
  readonly attempts: number
  readonly unknownOutcomes: number
  /** Released from holding by its owner: burned and closed no longer matter. */
  readonly released: boolean
}

/** A delivery that has no row yet. */
export type RoutedDelivery = Delivery & { readonly alias: AliasFact; readonly inboxId: string }

/** Never rejects for what the other side does; rejects when our own store is away. */
export const deliver = (host: Host, delivery: Delivery, message: MessageFacts, content: Content, options: { readonly inline: boolean }): UnderWay =>
  underWay(host, delivery, async () => {
    const alias = await host.routes.byId(delivery.aliasId)
    if (!alias) return { kind: 'held', reason: 'closed', reply: '' }
    const decision = decideAttempt(alias, delivery.inboxId, delivery.released)
    if (decision.kind === 'forward' && !options.inline && canSmuggle(content)) return { kind: 'held', reason: 'unsupported', reply: BARE_LINE_ENDS }
    switch (decision.kind) {
      case 'hold': return { kind: 'held', reason: decision.reason, reply: '', burnedAt: alias.burnedAt }
      case 'forward': return {
        envelope: { reversePath: { kind: 'mailbox', mailbox: verpAddress(host, delivery) }, forwardPath: decision.to[0].address, smtpUtf8: message.smtpUtf8 },
        outgoing: await forwarded(host, alias, decision.to[0], delivery, message, content),
        authentication: message.authentication,
        inbox: decision.to[0], accountId: alias.accountId,
      }
    }
  }, options)

const BARE_LINE_ENDS = 'It has a bare CR, a bare LF or a NUL, which the next server may take for the end of the message.'

/**
 * What DATA refuses goes out no more than it comes in, however it got into the database (case B19).
 * A content of several chunks goes out through nodemailer's streams, which make CRLF of bare CR and LF.
 */
const canSmuggle = (content: Content): boolean => {
  const pieces = content.read(0)
  return Array.isArray(pieces) && pieces.some(hasBareLineEnds)
}

/** Our own mail: already in its final form, null reverse-path (RFC 5321 §4.5.5). */
export const deliverOwn = (host: Host, delivery: Omit<Delivery, 'aliasId' | 'released'>, to: Mailbox | undefined, content: Content): UnderWay =>
  underWay(host, delivery, async () => (to === undefined ? { kind: 'held', reason: 'no-inbox', reply: '' } : {
    envelope: { reversePath: { kind: 'null' }, forwardPath: to, smtpUtf8: false },
    outgoing: { header: content.header, content },
    authentication: '',
  }), { inline: false })

/** The same over all attempts of a delivery, so that greylisting knows it again: the day is that of its creation. */
export const verpAddress = (host: Host, delivery: Pick<Delivery, 'id' | 'aliasId' | 'createdAt'>): Mailbox => {
  const payload = { deliveryId: delivery.id, aliasId: delivery.aliasId, day: Math.floor(delivery.createdAt.getTime() / DAY_MS) }
  return `${verpLocalPart(payload, (bytes) => host.keys.mac('verp', bytes))}@${host.domain}` as Mailbox
}

const forwarded = async (
  host: Host, alias: AliasFact, inbox: InboxFact, delivery: Delivery, message: MessageFacts, content: Content,
): Promise<Outgoing> => {
  const fields = fieldsOf(content.header)
  const header = await forwardedHeader(host, alias, inbox, delivery, message, fields)
  return { header, content: await withBanner(host, alias, delivery, fields, header, await withInvitations(host, alias, inbox, fields, content)) }
}

const forwardedHeader = async (
  host: Host, alias: AliasFact, inbox: InboxFact, delivery: Delivery, message: MessageFacts, fields: readonly Field[],
): Promise<Buffer> => {
  const named = await namedIn(host, alias, (isOwn) => correspondentsOf(fields, isOwn))
  const reverseAliasOf = await reverseAliasesOf(host, alias, inbox, named)
  const id = delivery.id.toString(36)
  return withOwnersFields(host, alias, delivery, message, fields, rewriteHeader(fields, {
    alias: alias.address,
    isOwn: named.isOwn,
    reverseAliasOf,
    authservIds: [host.domain],
    // RFC 8601 §2.2: nobody looked.
    authenticationResults: formatField('Authentication-Results', message.authentication || `${host.domain}; none`),
    ...(message.spamScore !== undefined && { spamScore: message.spamScore }),
    originalId: originalIdFor(host, alias, inbox),
    ifAbsent: { date: message.receivedAt, messageId: `${id}@${host.domain}` },
    received: receivedField({
      helo: message.helo, clientIp: message.clientIp, by: host.domain, protocol: message.protocol, id, forAlias: alias.address, at: message.receivedAt,
    }),
  }))
}

/** Only for the inbox that wrote it: another one does not learn which of them answered, nor where its mail is kept, unless they want to. */
const originalIdFor = (host: Host, alias: AliasFact, inbox: InboxFact): ((id: string) => string | undefined) => {
  const thread = aliasThread(host, alias)
  return (id) => {
    const minted = thread.read(id)
    return minted && (alias.sharesAnswers || minted.isOf(inbox.address)) ? minted.id : undefined
  }
}
