// Relay straight to the mail servers of each domain (RFC 5321 §5.1): connections and health of its own for each, so that one in trouble
// is nobody else's.

import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { domainOf } from '../mail/address.ts'
import { beginAttempt, type Relay, type Transmission } from './attempt.ts'
import type { Lookup } from './exchanges.ts'
import { createNextHop, type NextHop } from './next-hop.ts'
import { openDomain, type TlsMemory } from './open-domain.ts'
import { createPool, type Pool } from './pool.ts'

/** RELIABILITY choice 15. */
const CONNECTIONS_PER_DOMAIN = 10
/** Of one domain from the queue: enough to keep its connections busy, too few to fill `AT_ONCE` with a domain that is slow (case G18). */
const WAITING_PER_DOMAIN = 30
/** Attempts from the queue, all domains together. */
const AT_ONCE = 200
/** The whole of finding, connecting and sending, however many servers there are (case G14); a slow line gets a second for each KiB more. */
const BEFORE_DOT_MS = 5 * 60_000
/** More than the longest pause of a next hop: who is forgotten earlier would be tried afresh while a sender waits. */
const FORGET_AFTER_MS = 15 * 60_000
const SWEEP_MS = 60_000
/** What a domain costs is about 2 KB. */
const MOST_DOMAINS = 5_000
/** A long queue of one domain is not claimed and given back in circles: 10,000 such rows cost 200 claims a second. */
const BUSY_RETRY_MS = 40_000

type Hop = { readonly pool: Pool; readonly health: NextHop; lastUsed: number }

export type DirectParts = {
  readonly lookup: Lookup
  readonly port: number
  readonly tls: TlsMemory
  readonly clock: Clock
  readonly log: Log
}

export const createDirect = (parts: DirectParts): Relay => {
  const { clock, lookup } = parts
  const hops = new Map<string, Hop>()
  let fromQueue = 0

  const hopOf = (domain: string): Hop => {
    const lastUsed = clock.now().getTime()
    const known = hops.get(domain)
    // Taken out and put back, so that the map is in the order of use.
    hops.delete(domain)
    if (!known && hops.size >= MOST_DOMAINS) forget((hop) => hop.pool.isEmpty(), 1)
    const hop = known ?? {
      pool: createPool((signal) => openDomain(parts, domain, signal), CONNECTIONS_PER_DOMAIN, clock), health: createNextHop(clock), lastUsed,
    }
    hop.lastUsed = lastUsed
    hops.set(domain, hop)
    return hop
  }

  const forget = (which: (hop: Hop) => boolean, most: number): void => {
    let left = most
    for (const [domain, hop] of hops) {
      if (left === 0) return
      if (!which(hop)) continue
      hop.pool.close()
      hops.delete(domain)
      left -= 1
    }
  }

  const sweep = (): void => {
    const oldest = clock.now().getTime() - FORGET_AFTER_MS
    forget((hop) => hop.lastUsed <= oldest && hop.pool.isEmpty(), Infinity)
    timer = clock.setTimeout(sweep, SWEEP_MS)
    timer.unref()
  }
  let timer = clock.setTimeout(sweep, SWEEP_MS)
  timer.unref()

  return {
    begin: (envelope, message, options) => {
      const hop = hopOf(domainOf(envelope.forwardPath))
      const attempt = { pool: hop.pool, health: hop.health, clock, beforeDotMs: BEFORE_DOT_MS }
      if (options.inline) return beginAttempt(attempt, envelope, message, options)
      if (hop.health.room(hop.pool.room() + WAITING_PER_DOMAIN - hop.pool.waiting()) <= 0) return busy(hop.health.pausedMs(), lookup.random())
      fromQueue += 1
      const transmission = beginAttempt(attempt, envelope, message, options)
      void transmission.result.finally(() => { fromQueue -= 1 })
      return transmission
    },
    room: () => Math.max(0, AT_ONCE - fromQueue),
    probeNow: () => {
      for (const { health } of hops.values()) health.probeNow()
    },
    close: () => {
      clock.clearTimeout(timer)
      for (const hop of hops.values()) hop.pool.close()
    },
  }
}

const busy = (pausedMs: number, jitter: number): Transmission => ({
  result: Promise.resolve({
    kind: 'transient', why: 'busy', trouble: false, retryMs: Math.round(pausedMs + BUSY_RETRY_MS * (0.5 + jitter)),
    reply: pausedMs > 0 ? 'The next hop is in trouble.' : 'All connections to the next hop are in use.',
  }),
  giveUp: () => true,
  isSent: () => false,
})
