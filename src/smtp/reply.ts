// Every reply to a client, as fixed texts: no host, no exception, no SQL, no inbox ever leaves here (RFC 5321 §4.2, RFC 3463).
// An error without a code would be answered 550 with its own text by the library, so this is the only exit.

import type { RejectReason, TempfailReason, Refusal } from '../policy/decide.ts'
import type { Acceptance } from '../flow/incoming.ts'
import { NoRoom } from '../flow/queue-limit.ts'
import { passedBack } from '../policy/passed-back.ts'

/** What smtp-server's callbacks take: a code, and a text that begins with the enhanced status code. */
export class Reply extends Error {
  readonly responseCode: number

  constructor(code: number, text: string) {
    super(text)
    this.responseCode = code
  }
}

type Spoken =
  | RejectReason | TempfailReason | Extract<Acceptance, { kind: 'refused' }>['reason']
  | 'store-away' | 'service-away' | 'stopping' | 'bad-reverse-path' | 'bad-forward-path' | 'unknown-parameter' | 'needs-smtputf8'
  | 'too-many-clients' | 'too-many-of-network' | 'too-many-transactions' | 'too-many-commands' | 'too-many-unknown' | 'too-fast'
  | 'tls-needed' | 'sign-in-needed' | 'wrong-password' | 'too-many-sign-ins' | 'sign-in-away'
  | 'too-many-new' | 'idle' | 'session-too-long' | 'too-slow'
  | 'malformed' | 'too-large' | 'far-too-large' | 'declared-too-large' | 'no-command' | 'line-too-long' | 'not-implemented' | 'no-room'

const replies: Readonly<Record<Spoken, readonly [code: number, text: string]>> = {
  'no-such-address': [550, '5.1.1 No such address'],
  'relay-not-permitted': [550, '5.7.1 Relay not permitted'],
  'reverse-alias': [550, '5.7.1 You are not allowed to write to this address'],
  'own-address': [550, '5.7.1 This is an address of your own: a message from the alias to it would show it to the others'],
  'other-alias': [550, '5.7.1 This reverse alias belongs to another address of yours: sign in as that one'],
  'reply-burned': [550, '5.7.1 This address is burned: restore it in Burnbox, then send again'],
  'reply-closed': [550, '5.7.1 This address is closed: restore it in Burnbox, then send again'],
  'reply-suspended': [550, '5.7.1 The account is suspended: nothing was sent'],
  'reply-automatic': [550, '5.7.1 Automatic replies are not sent on from this address'],
  'reply-outside': [550, '5.7.1 Nothing was sent: To or Cc name an ordinary address, which would see your real one. Write to it in a message of its own'],
  'too-many-replies': [450, '4.7.1 Too many replies from this account, try again later'],
  'too-many-correspondents': [450, '4.7.1 Too many people written to for the first time, try again tomorrow'],
  'holding-full': [452, '4.2.2 Mailbox full, try again later'],
  'other-kind': [452, '4.5.3 Send to this address in a transaction of its own'],
  'too-many-made-up': [450, '4.7.1 Too many new addresses, try again later'],
  'make-up-late': [450, '4.2.0 This address cannot be made now, try again later'],
  'too-many-new': [452, '4.5.3 Too many new addresses at once, send to this one in another transaction'],
  'no-operator': [451, '4.3.0 Not set up yet, try again later'],
  'unjudgeable-from': [550, '5.7.1 The From field must have exactly one address'],
  'unauthentic': [550, '5.7.1 Message not accepted: the domain of its From asks to reject mail that fails DMARC'],
  'dns-trouble': [451, '4.4.3 The sender cannot be verified at the moment, try again later'],
  'spam': [550, '5.7.1 Message not accepted: it looks like spam'],
  'loop': [550, '5.4.6 Mail loop detected'],
  'header-too-large': [552, '5.3.4 The header is too large'],
  'not-accepted': [550, '5.7.1 Message not accepted'],
  'store-away': [451, '4.3.0 Try again later'],
  'service-away': [421, '4.3.2 Service not available, try again later'],
  'stopping': [421, '4.3.2 Service is stopping, try again later'],
  'bad-reverse-path': [501, '5.1.7 Bad sender address syntax'],
  'bad-forward-path': [501, '5.1.3 Bad recipient address syntax'],
  'unknown-parameter': [555, '5.5.4 Unknown parameter'],
  'needs-smtputf8': [553, '5.6.7 This address needs SMTPUTF8'],
  'malformed': [550, '5.5.2 Lines must end in CRLF, without bare CR, bare LF or NUL'],
  'too-large': [552, '5.3.4 Message is larger than the limit'],
  'declared-too-large': [552, '5.3.4 Message is larger than the limit'],
  'far-too-large': [421, '4.3.0 Message is far larger than the limit'],
  'no-command': [550, '5.5.2 Commands must be text that ends in CRLF'],
  'line-too-long': [500, '5.5.2 Command line too long'],
  'not-implemented': [502, '5.5.1 Command not implemented'],
  'too-many-clients': [421, '4.7.0 Too many connections, try again later'],
  'too-many-of-network': [421, '4.7.0 Too many connections from your network, try again later'],
  'too-many-transactions': [421, '4.7.0 Too many messages on one connection, connect again'],
  'too-many-commands': [421, '4.7.0 Too many commands on one connection, connect again'],
  'too-many-unknown': [421, '4.7.0 Too many unknown recipients, try again later'],
  'too-fast': [450, '4.7.1 Too much mail for this address, try again later'],
  'tls-needed': [530, '5.7.0 Must issue a STARTTLS command first'],
  'sign-in-needed': [530, '5.7.0 Authentication required'],
  'wrong-password': [535, '5.7.8 Wrong user or password'],
  'too-many-sign-ins': [421, '4.7.0 Too many wrong passwords, try again later'],
  'sign-in-away': [454, '4.7.0 Temporary authentication failure'],
  'idle': [421, '4.4.2 Timeout - closing connection'],
  'session-too-long': [421, '4.4.2 Session too long, connect again'],
  'too-slow': [421, '4.4.2 Message comes too slowly, closing connection'],
  'no-room': [452, '4.3.1 Not enough room, try again later'],
}

export const replyFor = (reason: Spoken): Reply => new Reply(...replies[reason])

/** Our words but for what the server of a correspondent said, which is printable ASCII without addresses by then (policy/passed-back). */
export const replyForAcceptance = (acceptance: Acceptance): Reply | undefined => {
  switch (acceptance.kind) {
    case 'accepted': return undefined
    case 'refused': return replyFor(acceptance.reason)
    case 'passed-back': return new Reply(550, passedBack(acceptance.said))
  }
}

/** A fault of ours is never the sender's. No room: of the queue, or of the database's disk (SQLSTATE disk_full). */
export const replyForFault = (error: unknown, otherwise: Reply = replyFor('store-away')): Reply =>
  error instanceof NoRoom || (error as { code?: string }).code === '53100' ? replyFor('no-room') : otherwise

export const replyForRefusal = (refusal: Refusal): Reply => replyFor(refusal.reason)

export const ACCEPTED_TEXT = '2.0.0 Accepted'
