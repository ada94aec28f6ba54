// Mail from an address of this host to another one of it: the message comes in as from outside, through the same journeys and to the same words,
// but without a socket, for a host that is its own next hop must not connect to itself (RFC 5321 §5.1).

import { accept } from '../flow/accept.ts'
import type { Host } from '../flow/host.ts'
import { routeRecipient } from '../flow/route-recipient.ts'
import { domainOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { withHeader } from '../mail/with-header.ts'
import type { Refusal, Route } from '../policy/decide.ts'
import type { Attempt } from '../policy/outcome.ts'
import { isOfHost } from '../policy/subdomain.ts'
import type { Envelope, Outgoing, Relay, Transmission } from '../relay/attempt.ts'
import { LOOP } from '../relay/exchanges.ts'
import { ACCEPTED_TEXT, replyForAcceptance, replyForFault, replyForRefusal, type Reply } from './reply.ts'

/** The relay for what may be an address of this host; what is none of it goes on to the relay of all other mail. */
export const createInside = (hostOf: () => Host): Relay['begin'] => (envelope, message, options) => {
  const host = hostOf()
  let outside: Transmission | undefined
  let phase: 'before' | 'taken' | 'given-up' = 'before'
  const run = async (): Promise<Attempt> => {
    const recipient = lowerCased(envelope.forwardPath)
    const route = await routeRecipient(host, recipient, { reversePath: envelope.reversePath, declaredSize: message.content.size })
    if (phase === 'given-up') return { kind: 'transient', reply: 'Burnbox was too slow.', why: 'dropped', trouble: false }
    if (isRefusal(route)) {
      const refused = attemptFrom(replyForRefusal(route))
      if (!mayBeElsewhere(host, route, recipient)) return refused
      outside = host.relay.begin(envelope, message, options)
      const attempt = await outside.result
      return attempt.kind === 'permanent' && attempt.reply === LOOP ? refused : attempt
    }
    phase = 'taken'
    return attemptFrom(await take(host, route, envelope, message))
  }
  return {
    result: run().catch((error: unknown) => {
      host.log.error({ err: error }, 'a message to an address of this host is deferred')
      return attemptFrom(replyForFault(error))
    }),
    isSent: () => outside?.isSent() ?? phase === 'taken',
    giveUp: (trouble) => {
      if (outside) return outside.giveUp(trouble)
      if (phase === 'taken') return false
      phase = 'given-up'
      return true
    },
  }
}

const take = async (host: Host, route: Route, { reversePath, smtpUtf8 }: Envelope, { header, content }: Outgoing): Promise<Reply | undefined> =>
  replyForAcceptance(await accept(host, {
    reversePath, smtpUtf8, helo: host.domain, clientIp: '127.0.0.1', protocol: 'ESMTP', receivedAt: host.clock.now(), routes: [route],
    content: withHeader(header, content), isOurs: true,
  }))

const isRefusal = (route: Route | Refusal): route is Refusal => route.kind === 'reject' || route.kind === 'tempfail'

/** Below the host's domain nobody else has addresses. The mail servers of an account's own domain may be others. */
const mayBeElsewhere = (host: Host, { reason }: Refusal, recipient: Mailbox): boolean =>
  (reason === 'no-such-address' || reason === 'relay-not-permitted') && !isOfHost(host.domain, domainOf(recipient))

const attemptFrom = (reply: Reply | undefined): Attempt => {
  if (!reply) return { kind: 'accepted', reply: `250 ${ACCEPTED_TEXT}` }
  const text = `${reply.responseCode} ${reply.message}`
  return reply.responseCode >= 500 ? { kind: 'permanent', reply: text, why: 'reply' } : { kind: 'transient', reply: text, why: 'reply', trouble: false }
}
