// DATA: a whole message and its routes, to an answer. 250 only after it is delivered, queued or held.

import { readable } from '../mail/encoded-word.ts'
import { soleFrom } from '../mail/from.ts'
import { headerViolation } from '../mail/header-limits.ts'
import { fieldsNamed, fieldsOf, valueOf, type Field } from '../mail/header.ts'
import { messageIdsIn } from '../mail/message-id.ts'
import { authenticationResults } from '../policy/authentication-results.ts'
import { EXPIRES_AFTER_MS } from '../policy/backoff.ts'
import type { AliasFact, Forward, Hold, MakeUp } from '../policy/decide.ts'
import { isAuthenticated, judge, type Authentication } from '../policy/judge.ts'
import { screen } from '../policy/screen.ts'
import type { SpamVerdict } from '../policy/spam.ts'
import type { MessageFacts } from '../store/messages.ts'
import { authenticate, reversePathOf } from './authenticate.ts'
import { blockedBy } from './blocked.ts'
import { checkSpam, holdersOfSpam } from './check-spam.ts'
import { cutThrough } from './cut-through.ts'
import type { RoutedDelivery } from './deliver.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import { newDeliveryId, type Host } from './host.ts'
import { addressOf, makeUpAll } from './make-up.ts'
import { asOwnersAsk } from './owners-rules.ts'
import { lineFor, queueAndHold } from './queue-and-hold.ts'

const ACCEPTED: Acceptance = { kind: 'accepted' }
const PASS = { kind: 'pass' } as const
/** What a person may read of a name or subject in a list. */
const CLIP_CHARACTERS = 500

/** Throws when the store is away: nothing is promised then. */
export const acceptMessage = async (host: Host, wanted: Incoming<Forward | Hold | MakeUp>): Promise<Acceptance> => {
  const { content } = wanted
  const violation = headerViolation(content.header)
  const fields = violation ? [] : fieldsOf(content.header)
  const verdict = screen({
    reversePathKind: wanted.reversePath.kind, headerViolation: violation, fields,
    aliases: wanted.routes.map(addressOf), isVerp: false,
  })
  if (verdict.kind === 'refuse') return { kind: 'refused', reason: verdict.reason }

  const [found, spam] = await Promise.all([authenticate(host, wanted, fields), checkSpam(host, wanted)])
  const judgement = found ? judge(found, host.config.arcTrusted) : PASS
  const message = messageFacts(host, wanted, fields, found, spam)
  const refused = [judgement, spam].find((one) => one.kind === 'refuse')
  if (refused) {
    if (refused.reason !== 'dns-trouble') noteRefused(host, wanted, message, refused.reason)
    return { kind: 'refused', reason: refused.reason }
  }
  const incoming = await makeUpAll(host, wanted)
  if (!incoming) return { kind: 'refused', reason: 'make-up-late' }
  const holding = judgement.kind === 'hold' ? judgement : verdict
  const spamHolders = await holdersOfSpam(host, spam, incoming)
  const blocking = await blockedBy(host, incoming.routes.map(({ alias }) => alias), soleFrom(fields)?.mailbox)
  const screened = incoming.routes.map((route): Forward | Hold => {
    if (route.kind !== 'forward') return route
    const reason = blocking.has(route.alias.id) ? 'blocked' : holding.kind === 'hold' ? holding.reason
      : spamHolders.has(route.alias.accountId) ? 'spam' : undefined
    return reason === undefined ? route : { kind: 'hold', alias: route.alias, reason }
  })
  const routes = await asOwnersAsk(host, incoming, message, screened)
  const forwards = routes.filter((route) => route.kind === 'forward')
  const holds = routes.filter((route) => route.kind === 'hold')
  const deliveries = forwards.flatMap((route) => route.to.map((inbox) => newDelivery(host, route.alias, inbox.id, incoming.receivedAt)))

  const [only, ...others] = deliveries
  if (only && others.length === 0 && holds.length === 0 && !incoming.isOurs) return cutThrough(host, only, message, content)
  await queueAndHold(host, { message, content, deliveries, holds })
  return ACCEPTED
}

const newDelivery = (host: Host, alias: AliasFact, inboxId: string, createdAt: Date): RoutedDelivery => ({
  id: newDeliveryId(host), alias, aliasId: alias.id, inboxId, createdAt, expiresAt: new Date(createdAt.getTime() + EXPIRES_AFTER_MS),
  attempts: 1, unknownOutcomes: 0, released: false,
})

/** Its owner may wonder where a message is. Of an address that nobody has, nobody does. */
const noteRefused = (host: Host, incoming: Incoming<Forward | Hold | MakeUp>, message: MessageFacts, reason: 'unauthentic' | 'spam'): void => {
  for (const route of incoming.routes) {
    if (route.kind === 'make-up') continue
    host.recorder.note({ ...lineFor(host, route.alias, message, incoming.content.size, host.clock.now()), kind: 'refused', reason })
  }
}

const messageFacts = (host: Host, incoming: Incoming, fields: readonly Field[], found: Authentication | undefined, spam: SpamVerdict): MessageFacts => ({
  receivedAt: incoming.receivedAt,
  reversePath: reversePathOf(incoming),
  helo: incoming.helo, clientIp: incoming.clientIp, protocol: incoming.protocol, smtpUtf8: incoming.smtpUtf8,
  authenticated: found !== undefined && isAuthenticated(found),
  authentication: found ? authenticationResults(host.domain, found) : '',
  ...(spam.kind === 'tag' && { spamScore: spam.score }),
  from: firstValue(fields, 'from'), subject: firstValue(fields, 'subject'),
  ...messageIdOf(fields),
})

const messageIdOf = (fields: readonly Field[]): Pick<MessageFacts, 'messageId'> => {
  const [field] = fieldsNamed(fields, 'message-id')
  const [id] = field ? messageIdsIn(valueOf(field)) : []
  return id === undefined ? {} : { messageId: id }
}

const firstValue = (fields: readonly Field[], name: string): string => {
  const field = fieldsNamed(fields, name)[0]
  return field ? readable(valueOf(field), CLIP_CHARACTERS) : ''
}
