// Relay to one smarthost, the next hop of all mail.

import type { Clock } from '../clock.ts'
import { beginAttempt, type Relay } from './attempt.ts'
import { openConnection, smarthostTarget, type Smarthost } from './connection.ts'
import { createNextHop } from './next-hop.ts'
import { createPool } from './pool.ts'

const CONNECTIONS = 20

/** @param name what we say in EHLO: the host's mail domain, never the machine's own name (case N08) */
export const createSmarthost = (host: Smarthost, name: string, clock: Clock): Relay => {
  const target = smarthostTarget(host)
  const pool = createPool((signal) => openConnection(target, name, signal), CONNECTIONS, clock)
  const health = createNextHop(clock)
  return {
    begin: (envelope, message, options) => beginAttempt({ pool, health, clock }, envelope, message, options),
    room: () => health.room(pool.room()),
    probeNow: health.probeNow,
    close: () => pool.close(),
  }
}
