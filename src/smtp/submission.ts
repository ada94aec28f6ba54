// Submission (RFC 6409, RFC 8314): where the mail program of an owner signs in as an alias and sends from it. TLS before anything else;
// AUTH PLAIN and LOGIN (RFC 4954) with an app password. What it sends is a reply like any, but for its proof.

import type { SMTPServerAuthentication, SMTPServerSession } from 'smtp-server'
import { isImplicitTls } from '../config.ts'
import type { Endpoint } from '../config-values.ts'
import { signInWithAppPassword } from '../flow/app-password.ts'
import type { Host } from '../flow/host.ts'
import { acceptSubmission, routeSubmission } from '../flow/submission.ts'
import { networksOf } from '../networks.ts'
import type { AliasFact } from '../policy/decide.ts'
import type { Certificate } from './certificate.ts'
import { openListener, type Listener, type Place } from './listener.ts'
import { replyFor, type Reply } from './reply.ts'
import { createSessions } from './session.ts'

/** A mail program asks its user again after one wrong password; who has three tries something. */
const MOST_WRONG = 3
const HANDLER_MS = 25_000

type Done = (reply: Reply | null, response?: { readonly user?: string }) => void

/** `secure`: the conversation begins with TLS. */
export const openSubmission = (
  host: Host, certificate: Certificate, endpoint: Endpoint, secure = isImplicitTls(endpoint.port),
): Promise<Listener> =>
  openListener(host, certificate, {
    endpoint, variable: 'BURNBOX_SUBMISSION', handlers: (place) => handlersFor(host, place), needsTls: true,
    options: {
      secure, disabledCommands: ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'], authMethods: ['PLAIN', 'LOGIN'],
      authRequiredMessage: replyFor('sign-in-needed').message,
    },
  })

const handlersFor = (host: Host, place: Place) => {
  /** Who signed in, by conversation: the library forgets it when TLS begins, as it must. */
  const aliases = new WeakMap<SMTPServerSession, AliasFact>()
  const wrong = new WeakMap<SMTPServerSession, number>()

  const signIn = async (given: SMTPServerAuthentication, session: SMTPServerSession): Promise<AliasFact | Reply> => {
    const result = await signInWithAppPassword(host, {
      user: given.username ?? '', password: given.password ?? '', network: networksOf(session.remoteAddress ?? '').nearest,
    })
    switch (result.kind) {
      case 'signed-in': return result.alias
      case 'too-many': return end(session, replyFor('too-many-sign-ins'))
      case 'wrong': {
        const count = (wrong.get(session) ?? 0) + 1
        wrong.set(session, count)
        return count < MOST_WRONG ? replyFor('wrong-password') : end(session, replyFor('too-many-sign-ins'))
      }
    }
  }

  const end = (session: SMTPServerSession, reply: Reply): Reply => {
    place.cutOff(session, reply)
    return reply
  }

  const onAuth = (given: SMTPServerAuthentication, session: SMTPServerSession, done: Done): void => {
    let answered = false
    const say = (found: AliasFact | Reply): void => {
      if (answered) return
      answered = true
      host.clock.clearTimeout(timer)
      if ('responseCode' in found) return done(found)
      aliases.set(session, found)
      done(null, { user: found.address })
    }
    const timer = host.clock.setTimeout(() => say(replyFor('sign-in-away')), HANDLER_MS)
    signIn(given, session).then(say, (error: unknown) => {
      host.log.error({ err: error, what: 'AUTH' }, 'answered with a temporary failure')
      say(replyFor('sign-in-away'))
    })
  }

  const signedIn = (session: SMTPServerSession): AliasFact => {
    const alias = session.user === undefined ? undefined : aliases.get(session)
    if (!alias) throw new Error('a message without a sign-in')
    return alias
  }

  return {
    ...createSessions(host, {
      ...place,
      journeys: {
        route: (recipient, _sender, session) => routeSubmission(host, signedIn(session), recipient),
        accept: (incoming, session) => acceptSubmission(host, signedIn(session), incoming),
        isOneTransaction: () => true,
      },
    }),
    onAuth,
  }
}
