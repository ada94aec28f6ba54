// DATA: what the owners of the aliases asked for, of a message that nothing else speaks against. It also remembers who wrote, for any alias:
// the header of somebody's first message is the proof of who passed an address on.

import { domainOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { soleFrom } from '../mail/from.ts'
import { fieldsOf, type Field } from '../mail/header.ts'
import { isBulk } from '../policy/bulk.ts'
import type { AliasFact, Forward, Hold } from '../policy/decide.ts'
import { endOf } from '../policy/ends.ts'
import { authorOf, isExpected, learnedFrom, type Author } from '../policy/stranger.ts'
import { isOfHost } from '../policy/subdomain.ts'
import { isUrgent } from '../policy/wanted.ts'
import { countDown } from '../store/alias-ends.ts'
import { putNotice } from '../store/notices.ts'
import type { MessageFacts } from '../store/messages.ts'
import type { Evidence } from '../store/senders.ts'
import { endedNow } from './end-alias.ts'
import type { Host } from './host.ts'
import type { Incoming } from './incoming.ts'

/** A header may have 128 KiB; what proves something is in the first of them. */
const MOST_HEADER_OCTETS = 65_536

/** @param routes what became of each recipient so far; those that are held stay so, and teach their alias nothing */
export const asOwnersAsk = async (
  host: Host, incoming: Incoming, message: MessageFacts, routes: readonly (Forward | Hold)[],
): Promise<readonly (Forward | Hold)[]> => {
  const fields = fieldsOf(incoming.content.header)
  const from = soleFrom(fields)
  const author = from && judgedAuthor(host, from.mailbox, message)
  if (!author) return routes
  return Promise.all(routes.map(async (route): Promise<Forward | Hold> => {
    const isStranger = await meet(host, route, author, incoming, message)
    const asked = route.kind === 'forward' ? await ruled(host, route, { author, isStranger, fields, at: message.receivedAt }) : route
    // Also where this very message found its address ended.
    if (asked.kind === 'hold' && asked.reason === 'burned' && author.proven && isUrgent(message.subject)) await hurry(host, asked.alias, message)
    return asked
  }))
}

type Found = { readonly author: Author; readonly isStranger: boolean; readonly fields: readonly Field[]; readonly at: Date }

const ruled = async (host: Host, route: Forward, { author, isStranger, fields, at }: Found): Promise<Forward | Hold> => {
  const { alias, alias: { rules } } = route
  if (!rules) return route
  const why = endOf(rules, author, at)
  if (why !== undefined) return { kind: 'hold', alias: await endedNow(host, alias, why), reason: 'burned' }
  if (isStranger && rules.strangers === 'hold') return { kind: 'hold', alias, reason: 'stranger' }
  if (rules.quiet && isBulk(fields)) return { kind: 'hold', alias, reason: 'quiet' }
  const isOver = rules.endsLeft !== null && !await countDown(host.db, alias.id)
  return isOver ? { kind: 'hold', alias: await endedNow(host, alias, 'end-messages'), reason: 'burned' } : route
}

/** A weekly digest would be six days late. Only proven senders: anybody may write of a code. */
const hurry = (host: Host, { accountId, address }: AliasFact, { subject, receivedAt }: MessageFacts): Promise<void> =>
  putNotice(host.db, { accountId, kind: 'wanted', about: address, inboxId: null, detail: subject, at: receivedAt })

/** Undefined: nobody looked who it was (BURNBOX_BENCH_BARE, or an original that came back in a bounce). On a host without a domain its user is believed. */
export const judgedAuthor = (host: Host, from: Mailbox, { authenticated, authentication }: MessageFacts): Author | undefined => {
  if (authentication === '' && !host.config.local) return undefined
  return { ...authorOf(from, authenticated, authentication, authentication === ''), shared: isOfHost(host.domain, domainOf(lowerCased(from))) }
}

/** A stranger, where the alias knows of such. */
export const isStrangerTo = ({ rules, inboxes }: AliasFact, author: Author): boolean =>
  rules?.strangers !== undefined && !isExpected(author, rules, inboxes.map(({ address }) => address))

const meet = async (host: Host, route: Forward | Hold, author: Author, incoming: Incoming, message: MessageFacts): Promise<boolean> => {
  const alias = await learned(host, route, author, message.receivedAt)
  const isStranger = isStrangerTo(alias, author)
  if (alias.rules?.strangers !== undefined) {
    host.senders.met({ alias, author, stranger: isStranger, at: message.receivedAt, evidence: () => evidenceOf(alias, incoming, message) })
  }
  return isStranger
}

/** The alias after it has learned, which most often it has: then nothing is asked. */
const learned = async (host: Host, route: Forward | Hold, author: Author, at: Date): Promise<AliasFact> => {
  const { alias } = route
  if (route.kind !== 'forward' || alias.rules?.strangers === undefined) return alias
  const lesson = learnedFrom(author, alias.rules, at)
  if (lesson.length === 0) return alias
  await host.senders.learn({ aliasId: alias.id, learned: lesson, at })
  return await host.routes.byId(alias.id) ?? alias
}

const evidenceOf = ({ rules }: AliasFact, incoming: Incoming, message: MessageFacts): Evidence | undefined => {
  if (!rules || rules.evidenceDays === 0) return undefined
  const { header } = incoming.content
  return {
    receivedAt: message.receivedAt.toISOString(), clientIp: message.clientIp, helo: message.helo, reversePath: message.reversePath,
    authentication: message.authentication, header: header.toString('latin1', 0, MOST_HEADER_OCTETS), isCut: header.length > MOST_HEADER_OCTETS,
  }
}
