// Is it spam? What rspamd recommends, or nothing: a filter that is away, slow or talks nonsense never stops mail, and is not asked for each
// message then. Bounded: 50 questions at once, 4.5 s a message.
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Clock } from '../clock.ts'
import type { RspamdConfig } from '../config-values.ts'
import type { Log } from '../log.ts'
import type { Content } from '../mail/content.ts'
import type { SpamFact } from '../policy/spam.ts'
import { withinTime } from './authenticate.ts'
import { hostNameOf } from './host-name.ts'
import { readRspamdAnswer } from './rspamd-answer.ts'
import { askRspamd } from './rspamd-request.ts'
import type { Resolve } from './resolver.ts'

export type SpamEnvelope = {
  readonly clientIp: string
  readonly helo: string
  /** Empty: the null reverse-path. */
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
}

export type SpamFilter = {
  /** Undefined: nothing is known. Never rejects. */
  readonly check: (envelope: SpamEnvelope, content: Content) => Promise<SpamFact | undefined>
  readonly close: () => void
}

/** Verification may take 5 s (HOUSE.md section 1). */
const PATIENCE_MS = 4_500
/** Without the client's name the message is only a little more suspect. */
const NAME_MS = 1_500
/** What comes beyond them waits inside its own patience. Its rules ask the DNS, so that one question takes a second at times. */
const MOST_CONNECTIONS = 50
/** One message that it cannot read is no reason to leave out the next ones. */
const MOST_FAILURES = 3
const PAUSE_MS = 10_000
const SAID_AGAIN_MS = 300_000

/**
 * @param ourName as rspamd knows us. The clock is for pauses and for what is said; the patience is the network's own
 * @param lookup how its own name is looked up; none: by the system
 */
export const createRspamd = (
  config: RspamdConfig, ourName: string, resolve: Resolve, clock: Clock, log: Log, lookup?: LookupFunction,
): SpamFilter => {
  // It closes the connection after each answer (3.4), so that keeping one would only meet its end.
  const agent = new (config.url.startsWith('https:') ? HttpsAgent : HttpAgent)({ maxSockets: MOST_CONNECTIONS, ...lookup && { lookup } })
  const health = createHealth(clock, log)

  return {
    check: async (envelope, content) => {
      if (!health.mayAsk()) return undefined
      const patience = AbortSignal.timeout(PATIENCE_MS)
      try {
        const hostName = await hostNameOf(envelope.clientIp, withinTime(resolve, AbortSignal.timeout(NAME_MS)))
        const fact = readRspamdAnswer(await askRspamd({ ...config, agent }, headersOf(envelope, hostName, ourName), content, patience))
        health.answered()
        return fact
      } catch (error) {
        health.failed(patience.aborted ? new Error(`no answer within ${PATIENCE_MS} ms`) : error)
        return undefined
      }
    },
    close: () => agent.destroy(),
  }
}

/** Without the name of the client it takes the client for one that has none. */
const headersOf = (envelope: SpamEnvelope, hostName: string | undefined, ourName: string) => ({
  'IP': envelope.clientIp,
  'Helo': envelope.helo,
  ...(hostName !== undefined && { 'Hostname': hostName }),
  'From': `<${envelope.reversePath}>`,
  'Rcpt': envelope.forwardPaths,
  'MTA-Name': ourName,
})

/** After some failures in a row it is left alone, but for one question at a time. What is wrong is said now and then, not for each message. */
const createHealth = (clock: Clock, log: Log) => {
  let failures = 0
  let pausedUntil = 0
  let unchecked = 0
  let saidAt: number | undefined
  const now = (): number => clock.now().getTime()
  return {
    mayAsk: (): boolean => {
      if (failures < MOST_FAILURES) return true
      if (now() < pausedUntil) {
        unchecked += 1
        return false
      }
      pausedUntil = now() + PAUSE_MS
      return true
    },
    answered: (): void => {
      failures = 0
      if (saidAt === undefined) return
      log.info({ unchecked }, 'rspamd answers again')
      saidAt = undefined
      unchecked = 0
    },
    failed: (error: unknown): void => {
      failures += 1
      unchecked += 1
      pausedUntil = now() + PAUSE_MS
      if (saidAt !== undefined && now() - saidAt < SAID_AGAIN_MS) return
      saidAt = now()
      log.warn({ err: error, unchecked }, 'rspamd gives no answer: mail goes on without it')
    },
  }
}
