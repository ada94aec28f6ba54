// One client's conversation, from smtp-server's callbacks to the journeys and back. Facts in, a reply out; no decisions here.
// Flags are read from the command's own parameters: the library leaks those of a refused MAIL into the next (RELIABILITY 5.1).

import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from 'smtp-server'
import { accept } from '../flow/accept.ts'
import type { Host } from '../flow/host.ts'
import type { Acceptance, Incoming } from '../flow/incoming.ts'
import { goTogether, isOperatorAddress, kindOfRecipient, routeRecipient, type Sender } from '../flow/route-recipient.ts'
import { lowerCased, parseMailbox, parseReversePath, type Mailbox, type ReversePath } from '../mail/address.ts'
import type { Refusal, Reject, Route } from '../policy/decide.ts'
import { MOST_NEW_OF_MESSAGE } from '../policy/made-up.ts'
import type { Protocol } from '../store/messages.ts'
import type { Limits } from './limits.ts'
import { receive } from './receive.ts'
import { ACCEPTED_TEXT, replyFor, replyForAcceptance, replyForFault, replyForRefusal, type Reply } from './reply.ts'

type Transaction = {
  readonly reversePath: ReversePath
  readonly declaredSize: number
  readonly smtpUtf8: boolean
  readonly routes: Map<Mailbox, Route>
}

export type Done = (reply?: Reply | null, text?: string) => void

export type Sessions = {
  readonly onConnect: (session: SMTPServerSession, done: Done) => void
  readonly onMailFrom: (address: SMTPServerAddress, session: SMTPServerSession, done: Done) => void
  readonly onRcptTo: (address: SMTPServerAddress, session: SMTPServerSession, done: Done) => void
  readonly onData: (stream: SMTPServerDataStream, session: SMTPServerSession, done: Done) => void
}

/** What is done with a recipient and with a message: those of the ingress, or of whoever signed in. */
export type Journeys = {
  readonly route: (recipient: Mailbox, sender: Sender, session: SMTPServerSession) => Promise<Route | Refusal>
  readonly accept: (incoming: Incoming, session: SMTPServerSession) => Promise<Acceptance>
  readonly isOneTransaction: (first: Mailbox, next: Mailbox) => boolean
}

const ingress = (host: Host): Journeys => ({
  route: (recipient, sender) => routeRecipient(host, recipient, sender),
  accept: (incoming) => accept(host, incoming),
  isOneTransaction: (first, next) => kindOfRecipient(first) === kindOfRecipient(next),
})

/** A handler that hangs would suspend the idle timer for ever (RELIABILITY 5.1, 3). Longer than any deadline of the store. */
const HANDLER_MS = 25_000
const MAIL_PARAMETERS = new Set(['SIZE', 'BODY', 'SMTPUTF8'])
const NOT_ASCII = /[^\u0000-\u007f]/
/** What the decoder wrote for octets that are no UTF-8: such an address cannot be given back as it came. */
const NOT_UTF8 = /\ufffd/

export const createSessions = (
  host: Host,
  options: {
    readonly spoolFolder: string
    readonly limits: Limits
    readonly hasDiskRoom: () => Promise<boolean>
    readonly pingStore: () => Promise<unknown>
    readonly cutOff: (session: SMTPServerSession, reply: Reply) => void
    readonly journeys?: Journeys
  },
): Sessions => {
  const journeys = options.journeys ?? ingress(host)
  const transactions = new WeakMap<SMTPServerSession, Transaction>()

  const onMailFrom = async (address: SMTPServerAddress, session: SMTPServerSession): Promise<Reply | undefined> => {
    const parameters = address.args || {}
    if (Object.keys(parameters).some((name) => !MAIL_PARAMETERS.has(name))) return replyFor('unknown-parameter')
    const smtpUtf8 = 'SMTPUTF8' in parameters
    if (NOT_ASCII.test(localPart(address.address)) && !smtpUtf8) return replyFor('needs-smtputf8')
    const reversePath = parseReversePath(address.address)
    if (!reversePath || NOT_UTF8.test(address.address)) return replyFor('bad-reverse-path')
    const declaredSize = Number(parameters['SIZE'] ?? 0)
    if (declaredSize > host.config.maxMessageBytes) return replyFor('declared-too-large')
    if (!await options.hasDiskRoom()) return replyFor('no-room')
    transactions.set(session, { reversePath, declaredSize, smtpUtf8, routes: new Map() })
    return undefined
  }

  const onRcptTo = async (address: SMTPServerAddress, session: SMTPServerSession, isLate: () => boolean): Promise<Reply | undefined> => {
    const transaction = transactions.get(session)
    if (!transaction) return replyFor('store-away')
    if (address.args && Object.keys(address.args).length > 0) return replyFor('unknown-parameter')
    if (NOT_ASCII.test(localPart(address.address)) && !transaction.smtpUtf8) return replyFor('needs-smtputf8')
    const forwardPath = parseMailbox(address.address.includes('@') ? address.address : `${address.address}@${host.domain}`)
    if (!forwardPath || NOT_UTF8.test(address.address)) return replyFor('bad-forward-path')
    const recipient = lowerCased(forwardPath)
    if (transaction.routes.has(recipient)) return undefined
    const [first] = transaction.routes.keys()
    if (first !== undefined && !journeys.isOneTransaction(first, recipient)) return replyFor('other-kind')
    const route = await journeys.route(recipient, transaction, session)
    // Answered 451 meanwhile: the client will try again, so this message must not go there.
    if (isLate()) return undefined
    switch (route.kind) {
      case 'reject': return (isGuess(route) && options.limits.unknownRecipient(session.id)) || replyForRefusal(route)
      case 'tempfail': return replyForRefusal(route)
      case 'forward': case 'hold': case 'report': case 'reply': case 'reply-report': case 'write-request': case 'make-up': {
        const [one] = transaction.routes.values()
        if (one && !goTogether(one, route)) return replyFor('other-kind')
        if (route.kind === 'make-up' && newOnes(transaction) >= MOST_NEW_OF_MESSAGE) return replyFor('too-many-new')
        if (route.kind !== 'make-up' && !isReport(route) && options.limits.isFlooded(session.id, route.alias.id) && !isOperatorAddress(host, recipient)) {
          return replyFor('too-fast')
        }
        transaction.routes.set(recipient, route)
        return undefined
      }
    }
  }

  const onData = async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Reply | undefined> => {
    const transaction = transactions.get(session)
    const [first, ...others] = transaction?.routes.values() ?? []
    const received = await receive(stream, { bytes: host.config.maxMessageBytes, spoolFolder: options.spoolFolder })
    if (!transaction || !first) return replyFor('store-away')
    switch (received.kind) {
      case 'too-large': return replyFor('too-large')
      case 'spool-full': return replyFor('no-room')
      case 'spool-away': return replyFor('store-away')
      case 'far-too-large': return cutOff(session, replyFor('far-too-large'))
      case 'malformed': return cutOff(session, replyFor('malformed'))
      case 'content': break
    }
    options.limits.tookMessage(session.id, [...transaction.routes.values()].flatMap((route) => (route.kind === 'make-up' ? [] : [route.alias.id])))
    try {
      const acceptance = await journeys.accept({
        reversePath: transaction.reversePath, helo: session.hostNameAppearsAs, clientIp: session.remoteAddress,
        protocol: protocolOf(session, transaction.smtpUtf8), smtpUtf8: transaction.smtpUtf8, receivedAt: host.clock.now(),
        routes: [first, ...others], content: received.content,
      }, session)
      return replyForAcceptance(acceptance)
    } finally {
      await received.discard()
    }
  }

  /** The reply goes out and the connection with it: nothing that was smuggled behind the message may run. */
  const cutOff = (session: SMTPServerSession, reply: Reply): Reply => {
    options.cutOff(session, reply)
    return reply
  }

  /** A fault of ours is never the sender's: 451, and the details stay in the log. */
  const answer = (
    what: string, handler: (isLate: () => boolean) => Promise<Reply | undefined>, done: Done, options: { readonly fault: Reply; readonly deadline: boolean },
  ): void => {
    let answered = false
    const say = (reply: Reply | undefined): void => {
      if (answered) return
      answered = true
      host.clock.clearTimeout(timer)
      done(reply ?? null, ACCEPTED_TEXT)
    }
    const timer = options.deadline ? host.clock.setTimeout(() => say(options.fault), HANDLER_MS) : undefined
    handler(() => answered).then(say, (error: unknown) => {
      if ((error as { code?: string }).code === 'ECONNECTION') host.log.debug({ what }, 'the client went away')
      else host.log.error({ err: error, what }, 'answered with a temporary failure')
      say(replyForFault(error, options.fault))
    })
  }

  const onConnect = async (): Promise<Reply | undefined> => {
    if (host.stopping.aborted) return replyFor('stopping')
    await options.pingStore()
    return undefined
  }

  const fault = { fault: replyFor('store-away'), deadline: true }
  return {
    onConnect: (_session, done) => answer('connect', onConnect, done, { fault: replyFor('service-away'), deadline: true }),
    onMailFrom: (address, session, done) => answer('MAIL', () => onMailFrom(address, session), done, fault),
    onRcptTo: (address, session, done) => answer('RCPT', (isLate) => onRcptTo(address, session, isLate), done, fault),
    // Cut-through has its own clock, which starts at the final dot.
    onData: (stream, session, done) => answer('DATA', () => onData(stream, session), done, { ...fault, deadline: false }),
  }
}

const isReport = ({ kind }: Route): boolean => kind === 'report' || kind === 'reply-report'

const newOnes = ({ routes }: Transaction): number => [...routes.values()].filter(({ kind }) => kind === 'make-up').length

const isGuess = ({ reason }: Reject): boolean => reason === 'no-such-address' || reason === 'relay-not-permitted'

const localPart = (address: string): string => address.slice(0, address.lastIndexOf('@'))

/** RFC 3848, RFC 6531 §4.3. */
const protocolOf = (session: SMTPServerSession, smtpUtf8: boolean): Protocol => {
  if (smtpUtf8) return session.secure ? 'UTF8SMTPS' : 'UTF8SMTP'
  if (session.openingCommand === 'HELO') return 'SMTP'
  return session.secure ? 'ESMTPS' : 'ESMTP'
}
