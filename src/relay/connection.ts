// One outgoing SMTP connection: nodemailer's SMTPConnection opened, greeted, secured and signed in, ready for MAIL.
// Its `send` is used with one recipient a transaction; `sendMail` is not used at all (RELIABILITY 5.2).

import type { Socket } from 'node:net'
import SMTPConnection, { type SMTPError as NodemailerError } from 'nodemailer/lib/smtp-connection'
import type { RelayConfig } from '../config-values.ts'
import { dotStuffed } from '../mail/dot-stuffing.ts'

export type Smarthost = Extract<RelayConfig, { kind: 'smarthost' }>

const CONNECT_MS = 30_000
/** A backstop only: the attempt has its own deadlines (RFC 5321 §4.5.3.2.6: 10 minutes for the reply to the dot). */
const SILENCE_MS = 11 * 60_000
/** Some servers close after 100 messages; a new connection every 100 costs 1 %. */
const MESSAGES_PER_CONNECTION = 100
/** Shorter than the 300 s after which servers hang up (RFC 5321 §4.5.3.2.7), so that a reused one is seldom dead. */
export const IDLE_MS = 60_000

type SendArguments = Parameters<SMTPConnection['send']>
type Whole = { readonly pieces: readonly Buffer[]; readonly onDot: () => void }

class Connection extends SMTPConnection {
  wantsUtf8 = false
  sent = 0
  usable = true
  #whole: Whole | undefined

  constructor(options: ConstructorParameters<typeof SMTPConnection>[0]) {
    super(options)
    const internals = internalsOf(this)
    // nodemailer names SMTPUTF8 only when an address needs it; a header in UTF-8 needs it too (RFC 6531 §3.4).
    const sendCommand = internals._sendCommand.bind(this)
    internals._sendCommand = (command, logged) =>
      sendCommand(this.wantsUtf8 && command.startsWith('MAIL FROM:') && !/ SMTPUTF8\b/.test(command) ? `${command} SMTPUTF8` : command, logged)
    const createSendStream = internals._createSendStream.bind(this)
    internals._createSendStream = (callback) => {
      const whole = this.#whole
      return whole ? this.#wholeAtOnce(whole, callback) : createSendStream(callback)
    }
  }

  /**
   * `send` for a small content that is in memory and whose lines all end in CRLF: it goes out in one system call. nodemailer's streams
   * and its look at each octet in JavaScript cost a fifth of the whole journey (measured). `onDot`: just before, when it is sure to go.
   */
  sendWhole(envelope: SendArguments[0], whole: Whole, done: SendArguments[2]): void {
    this.#whole = whole
    this.send(envelope, 'in pieces', (error, info) => {
      this.#whole = undefined
      done(error, info)
    })
  }

  #wholeAtOnce({ pieces, onDot }: Whole, callback: (error: Error | null, reply?: string) => void): SendStream {
    const internals = internalsOf(this)
    internals._responseActions.push((reply) => internals._actionSMTPStream(reply, callback))
    return {
      outByteCount: 0,
      write: () => true,
      end: () => {
        const socket = internals._socket
        // A broken connection tells its end itself; a reply that is there before our dot is none to it.
        if (!socket || socket.destroyed || internals._responseQueue.length > 0) return
        onDot()
        socket.cork()
        for (const piece of dotStuffed(pieces)) socket.write(piece)
        socket.uncork()
      },
    }
  }
}

// Not in its types; the version is pinned and the tests would notice.
type Internals = {
  _sendCommand: (command: string, logged?: string) => void
  _createSendStream: (callback: (error: Error | null, reply?: string) => void) => SendStream
  readonly _actionSMTPStream: (reply: string, callback: (error: Error | null, reply?: string) => void) => void
  readonly _responseQueue: readonly string[]
  readonly _responseActions: ((reply: string) => void)[]
  readonly _supportedExtensions: readonly string[]
  readonly _socket?: Socket | false
  readonly upgrading?: boolean
}
/** What nodemailer asks of it when the message is no stream. */
type SendStream = { readonly outByteCount: number; readonly write: (message: unknown) => boolean; readonly end: () => void }
const internalsOf = (connection: SMTPConnection): Internals => connection as unknown as Internals

export type OutgoingConnection = Connection

/** What the server said it can do, in upper case: `8BITMIME`, `SMTPUTF8`. */
export const offers = (connection: OutgoingConnection, extension: string): boolean =>
  internalsOf(connection)._supportedExtensions.includes(extension)

export const isUsable = (connection: OutgoingConnection): boolean =>
  connection.usable && !connection.destroyed && connection.sent < MESSAGES_PER_CONNECTION

/** Nothing is promised to the other side, so nothing is said: the socket is destroyed at once. */
export const abandon = (connection: OutgoingConnection): void => {
  connection.usable = false
  connection.close()
  const socket = internalsOf(connection)._socket
  if (socket) socket.destroy()
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

/**
 * How the connection is protected. 'smtps': TLS from the first octet, certificate right. 'verified': STARTTLS or nothing, certificate right.
 * 'encrypted': STARTTLS or nothing, whoever answers. 'opportunistic': STARTTLS when it is offered and not refused. 'clear': none.
 */
export type Protection = 'smtps' | 'verified' | 'encrypted' | 'opportunistic' | 'clear'

/** `host`: a name that the system looks up, or an address. `servername`: what the certificate must be for, when that is not `host`. */
export type Target = {
  readonly host: string
  readonly port: number
  readonly servername?: string
  readonly protection: Protection
  readonly credentials?: { readonly user: string; readonly pass: string }
}

/**
 * Without credentials TLS is opportunistic and unverified (RFC 7435): encrypted to whoever answers is better than clear.
 * With credentials the certificate must be right, and they never go out in the clear except to this machine itself.
 */
export const smarthostTarget = ({ host, port, secure, user, pass = '' }: Smarthost): Target => {
  if (user === undefined) return { host, port, protection: secure ? 'smtps' : 'opportunistic' }
  // A server on this machine may have no TLS; when it offers some, that must be right.
  const protection = secure ? 'smtps' : isLoopback(host) ? 'opportunistic' : 'verified'
  return { host, port, protection, credentials: { user, pass } }
}

const failedInHandshake = new WeakSet<Error>()

/** The TLS handshake broke, stalled or showed a wrong certificate: the server may still be good in the clear. */
export const isHandshakeFailure = (error: Error): boolean => failedInHandshake.has(error)

export const isSecure = (connection: OutgoingConnection): boolean => connection.secure

/** Rejects with nodemailer's error, or with the signal's reason. */
export const openConnection = (target: Target, name: string, signal: AbortSignal): Promise<OutgoingConnection> =>
  new Promise((resolve, reject) => {
    const { host, port, servername, protection, credentials } = target
    const verified = protection === 'smtps' || protection === 'verified' || credentials !== undefined
    const connection = new Connection({
      host, port, name, secure: protection === 'smtps', ...servername === undefined ? {} : { servername },
      opportunisticTLS: protection === 'opportunistic' && !credentials, ignoreTLS: protection === 'clear',
      requireTLS: protection === 'verified' || protection === 'encrypted',
      tls: { rejectUnauthorized: verified, minVersion: 'TLSv1.2' },
      connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, socketCloseTimeout: 1_000,
    })
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', onAbort)
      if (internalsOf(connection).upgrading) failedInHandshake.add(error)
      abandon(connection)
      reject(error)
    }
    const onAbort = (): void => fail(signal.reason instanceof Error ? signal.reason : new Error('given up'))
    const ready = (error?: NodemailerError | null): void => {
      if (error) return fail(error)
      signal.removeEventListener('abort', onAbort)
      resolve(connection)
    }
    // An idle connection that breaks says so here; an error during a message reaches the message's own callback as well.
    connection.on('error', (error: Error) => {
      connection.usable = false
      fail(error)
    })
    connection.once('end', () => { connection.usable = false })
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    connection.connect((error) => {
      if (error || !credentials) return ready(error)
      connection.login(credentials, ready)
    })
  })
