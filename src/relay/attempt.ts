// One try at one next hop, and the only place that knows whether our final dot has gone out (RFC 5321 §4.1.1.4).
// Before it the connection can be dropped and nothing was delivered; after it only the reply tells, so it is waited for.

import { Readable } from 'node:stream'
import type { Clock } from '../clock.ts'
import type { Content } from '../mail/content.ts'
import type { Mailbox, ReversePath } from '../mail/address.ts'
import type { Attempt } from '../policy/outcome.ts'
import { abandon, offers, type OutgoingConnection } from './connection.ts'
import { NoRoute } from './no-route.ts'
import { NoFreeConnection, type Pool } from './pool.ts'
import type { Health, NextHop } from './next-hop.ts'
import { attemptFromError, replyText } from './reply.ts'

export type Envelope = { readonly reversePath: ReversePath; readonly forwardPath: Mailbox; readonly smtpUtf8: boolean }
/** The new top header; the bytes from `content.bodyOffset` on follow it untouched. */
export type Outgoing = { readonly header: Buffer; readonly content: Content }

export type Transmission = {
  readonly result: Promise<Attempt>
  /**
   * Asks to stop. True: our final dot has not gone out, the connection is dropped and `result` says 'dropped'.
   * False: it has, go on waiting. `trouble`: stop because the next hop is slow, not because we end.
   */
  readonly giveUp: (trouble: boolean) => boolean
  readonly isSent: () => boolean
}

export type Relay = {
  /** `inline`: a sender's server waits for the answer. */
  readonly begin: (envelope: Envelope, message: Outgoing, options: { readonly inline: boolean }) => Transmission
  /** How many more attempts may begin now. */
  readonly room: () => number
  /** The operator says that what was in trouble is mended: pauses end. */
  readonly probeNow: () => void
  readonly close: () => void
}

/** A sender waits at most this long for a free connection. */
const FREE_CONNECTION_MS = 2_000
/** RFC 5321 §4.5.3.2.6. */
const REPLY_TO_DOT_MS = 10 * 60_000
/** Everything before the dot: RFC 5321 §4.5.3.2 gives 5 minutes a command; a slow line gets a second for each KiB more. */
const BEFORE_DOT_MS = 10 * 60_000
/** A connection whose RSET stays without an answer is not worth keeping. */
const RESET_MS = 10_000

const NOT_ASCII = /[^\u0000-\u007f]/

export const beginAttempt = (
  hop: { readonly pool: Pool; readonly health: NextHop; readonly clock: Clock; readonly beforeDotMs?: number },
  envelope: Envelope, message: Outgoing, options: { readonly inline: boolean },
): Transmission => {
  const { pool, health, clock } = hop
  const tell = health.admit()
  if (!tell) {
    const retryMs = health.pausedMs()
    const paused: Attempt = { kind: 'transient', reply: 'The next hop is in trouble.', why: 'busy', trouble: false, ...retryMs > 0 && { retryMs } }
    return { result: Promise.resolve(paused), giveUp: () => true, isSent: () => false }
  }

  let phase: 'before-dot' | 'after-dot' | 'over' = 'before-dot'
  let connection: OutgoingConnection | undefined
  // Only an attempt that has to wait for a connection needs one.
  let stop: AbortController | undefined
  const { promise: result, resolve } = Promise.withResolvers<Attempt>()

  const finish = (attempt: Attempt, reusable: boolean): void => {
    if (phase === 'over') return
    phase = 'over'
    clock.clearTimeout(beforeDot)
    clock.clearTimeout(afterDot)
    tell(healthFrom(attempt))
    if (connection) giveBackConnection(pool, clock, connection, reusable, attempt.kind === 'accepted')
    stop?.abort()
    resolve(attempt)
  }

  const drop = (reply: string, trouble: boolean): void => finish({ kind: 'transient', reply, why: 'dropped', trouble }, false)

  const size = message.header.length + message.content.size - message.content.bodyOffset
  const beforeDot = clock.setTimeout(() => {
    if (phase === 'before-dot') drop('The next hop was too slow.', true)
  }, (hop.beforeDotMs ?? BEFORE_DOT_MS) + size)
  beforeDot.unref()
  let afterDot: ReturnType<Clock['setTimeout']> | undefined

  const onDot = (): void => {
    if (phase !== 'before-dot') return
    phase = 'after-dot'
    clock.clearTimeout(beforeDot)
    afterDot = clock.setTimeout(() => {
      finish({ kind: 'transient', reply: 'No reply after the message was sent.', why: 'lost', trouble: true }, false)
    }, REPLY_TO_DOT_MS)
    // Stored as awaiting the reply by then: a stopped process must not stay for it.
    afterDot.unref()
  }

  const sendOver = (lease: { connection: OutgoingConnection; reused: boolean }): void => {
    const used = connection = lease.connection
    if (message.content.eightBit && !offers(used, '8BITMIME')) {
      return finish({ kind: 'permanent', reply: 'The next hop does not take 8-bit mail (8BITMIME).', why: 'unsupported' }, true)
    }
    // An inbox may have a name in UTF-8 whatever its mail is written in (RFC 6531 §3.4).
    const needsUtf8 = envelope.smtpUtf8 || NOT_ASCII.test(envelope.forwardPath)
    if (needsUtf8 && !offers(used, 'SMTPUTF8')) {
      return finish({ kind: 'permanent', reply: 'The next hop does not take addresses or headers in UTF-8 (SMTPUTF8).', why: 'unsupported' }, true)
    }
    used.wantsUtf8 = needsUtf8
    used.sent += 1
    const from = envelope.reversePath.kind === 'null' ? '' : envelope.reversePath.mailbox
    send(used, { from, to: [envelope.forwardPath], size, use8BitMime: message.content.eightBit }, message, onDot, (error, info) => {
      if (phase === 'over') return
      if (!error) {
        // A reply that came before our dot answers nothing we asked; the message was not taken.
        if (phase === 'before-dot') return finish({ kind: 'transient', reply: 'The next hop answered out of turn.', why: 'connection', trouble: true }, false)
        return finish({ kind: 'accepted', reply: replyText(info?.response ?? '') }, true)
      }
      const attempt = attemptFromError(error, phase)
      // A kept connection that died unnoticed, or that its server now ends (after so many messages, say): nothing of this message
      // was taken on it, so a fresh one is the same attempt (G19).
      if (lease.reused && phase === 'before-dot' && attempt.kind === 'transient' && (attempt.why === 'connection' || attempt.trouble)) {
        abandon(used)
        pool.release(used)
        connection = undefined
        return void acquire(true)
      }
      finish(attempt, attempt.kind === 'permanent' || (attempt.kind === 'transient' && attempt.why === 'reply' && !attempt.trouble))
    })
  }

  const acquire = async (fresh: boolean): Promise<void> => {
    stop ??= new AbortController()
    // For a free place only: a server may take its time over the greeting, the attempt's own deadline is for that.
    const patience = options.inline ? AbortSignal.any([stop.signal, patienceOf(clock, FREE_CONNECTION_MS, stop.signal)]) : stop.signal
    try {
      const lease = await pool.acquire(patience, stop.signal, fresh)
      if (phase === 'over') pool.release(lease.connection)
      else sendOver(lease)
    } catch (error) {
      if (error instanceof NoFreeConnection) {
        return finish({ kind: 'transient', reply: 'All connections to the next hop are in use.', why: 'busy', trouble: false }, false)
      }
      if (error instanceof NoRoute) return finish(error.attempt, false)
      finish({ kind: 'transient', reply: attemptFromError(error as Error, 'before-dot').reply, why: 'connection', trouble: true }, false)
    }
  }

  const kept = pool.takeKept()
  if (kept) sendOver({ connection: kept, reused: true })
  else void acquire(false)

  return {
    result,
    isSent: () => phase === 'after-dot',
    giveUp: (trouble) => {
      if (trouble) tell('trouble')
      if (phase === 'after-dot') return false
      drop(trouble ? 'The next hop was too slow.' : 'Burnbox was stopped.', trouble)
      return true
    },
  }
}

/** After a refusal the transaction may still be open on the other side: RSET first, or the next MAIL is "nested" (case G19). */
const giveBackConnection = (pool: Pool, clock: Clock, connection: OutgoingConnection, reusable: boolean, clean: boolean): void => {
  if (!reusable) abandon(connection)
  if (!reusable || clean) return pool.release(connection)
  let over = false
  const end = (good: boolean): void => {
    if (over) return
    over = true
    clock.clearTimeout(timer)
    connection.off('end', broken)
    if (!good) abandon(connection)
    pool.release(connection)
  }
  const broken = (): void => end(false)
  const timer = clock.setTimeout(broken, RESET_MS)
  connection.once('end', broken)
  connection.reset((error) => end(!error))
}

const healthFrom = (attempt: Attempt): Health => {
  if (attempt.kind !== 'transient') return 'well'
  if (attempt.trouble) return 'trouble'
  return attempt.why === 'reply' ? 'well' : 'nothing'
}

const patienceOf = (clock: Clock, ms: number, until: AbortSignal): AbortSignal => {
  const controller = new AbortController()
  const timer = clock.setTimeout(() => controller.abort(), ms)
  until.addEventListener('abort', () => clock.clearTimeout(timer), { once: true })
  return controller.signal
}

/** The kernel takes as much at once, so that a dot that was handed over is out. */
const WHOLE_BYTES = 64 * 1024

const send = (
  connection: OutgoingConnection, envelope: Parameters<OutgoingConnection['send']>[0], message: Outgoing, onDot: () => void,
  done: Parameters<OutgoingConnection['send']>[2],
): void => {
  const rest = message.content.read(message.content.bodyOffset)
  // Only what came in at DATA lies in memory, and the ingress lets no bare CR or LF through.
  if (Array.isArray(rest) && message.header.length + message.content.size <= WHOLE_BYTES) {
    connection.sendWhole(envelope, { pieces: [message.header, ...rest as Buffer[]], onDot }, done)
  } else {
    connection.send(envelope, bytesOf(message.header, rest, onDot), done)
  }
}

/** `onDot` is called when the last byte has been handed over, just before nodemailer writes the dot: its own listener comes after ours. */
const bytesOf = (header: Buffer, rest: AsyncIterable<Buffer> | Iterable<Buffer>, onDot: () => void): Readable =>
  Readable.from((async function* () {
    yield header
    for await (const piece of rest) if (piece.length > 0) yield piece
  })(), { objectMode: false }).once('end', onDot)
