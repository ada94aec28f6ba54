// The names that a reply leaves under and comes back by: its reverse-path, the reverse alias of who gets it.

import { domainOf, localPartOf, type Mailbox } from '../mail/address.ts'
import { replyPathLocalPart, type Veil } from '../mail/reply-path.ts'
import { splitReverse } from '../mail/reverse-alias.ts'
import type { AliasFact, CorrespondentFact } from '../policy/decide.ts'
import { isSubdomainOf } from '../policy/subdomain.ts'
import type { Host } from './host.ts'

const DAY_MS = 86_400_000

export const replyVeil = ({ keys }: Pick<Host, 'keys'>): Veil => ({
  conceal: (bytes) => keys.conceal('reply-path', bytes),
  reveal: (bytes) => keys.reveal('reply-path', bytes),
})

/** Where the names of an alias live: at its own domain, and at the host's. */
export const isOurDomain = (host: Host, alias: Pick<AliasFact, 'address'>, domain: string): boolean =>
  domain === host.domain || domain === domainOf(alias.address)

/** Of the recipients, who stands behind a reverse alias in the text. */
export const recipientBehind = (host: Host, alias: Pick<AliasFact, 'address'>, to: readonly CorrespondentFact[]): ((mailbox: Mailbox) => Mailbox | undefined) =>
  (mailbox) => isOurDomain(host, alias, domainOf(mailbox))
    ? to.find(({ reverseLocalPart }) => reverseLocalPart === splitReverse(localPartOf(mailbox)).base)?.address : undefined

export type ReplyDelivery = {
  readonly id: bigint
  readonly inboxId: string | null
  readonly correspondentId: string
  readonly createdAt: Date
}

/** At the domain of the alias, so that SPF aligns with its From; below the host's domain at that, which has the records. The same over all attempts. */
export const replyPath = (host: Host, alias: Pick<AliasFact, 'id' | 'address'>, delivery: ReplyDelivery): Mailbox => {
  const localPart = replyPathLocalPart({
    deliveryId: delivery.id, aliasId: alias.id, day: Math.floor(delivery.createdAt.getTime() / DAY_MS),
    inboxId: Number(delivery.inboxId ?? 0), correspondentId: Number(delivery.correspondentId),
  }, replyVeil(host))
  const domain = domainOf(alias.address)
  return `${localPart}@${isSubdomainOf(host.domain, domain) ? host.domain : domain}` as Mailbox
}
