// Relay to one smarthost, the next hop of all mail.

import { isIP } from 'node:net'
import type { Clock } from '../clock.ts'
import { beginAttempt, type Relay } from './attempt.ts'
import { openConnection, smarthostTarget, type OutgoingConnection, type Smarthost, type Target } from './connection.ts'
import type { Resolve } from './exchanges.ts'
import { createNextHop } from './next-hop.ts'
import { createPool } from './pool.ts'

const CONNECTIONS = 20

/**
 * @param name what we say in EHLO: the host's mail domain, never the machine's own name (case N08)
 * @param resolve the servers of BURNBOX_DNS; none are named: the system looks for the smarthost
 */
export const createSmarthost = (host: Smarthost, name: string, clock: Clock, resolve?: Resolve): Relay => {
  const target = smarthostTarget(host)
  const open = (signal: AbortSignal): Promise<OutgoingConnection> =>
    resolve ? openByName(resolve, target, name, signal) : openConnection(target, name, signal)
  const pool = createPool(open, CONNECTIONS, clock)
  const health = createNextHop(clock)
  return {
    begin: (envelope, message, options) => beginAttempt({ pool, health, clock }, envelope, message, options),
    room: () => health.room(pool.room()),
    probeNow: health.probeNow,
    close: () => pool.close(),
  }
}

/** At the first of its addresses that works. What the DNS does not know may be in the hosts file, or the name of a container: that the system knows. */
const openByName = async (resolve: Resolve, target: Target, name: string, signal: AbortSignal): Promise<OutgoingConnection> => {
  const addresses = await addressesOf(resolve, target.host)
  if (addresses.length === 0) return openConnection(target, name, signal)
  let failure: unknown
  for (const host of addresses) {
    try {
      return await openConnection({ ...target, host, servername: target.host }, name, signal)
    } catch (error) {
      signal.throwIfAborted()
      failure = error
      // What one of them says of the password all of them would say.
      if ((error as NodeJS.ErrnoException).code === 'EAUTH') break
    }
  }
  throw failure
}

const addressesOf = async (resolve: Resolve, name: string): Promise<readonly string[]> => {
  if (isIP(name) !== 0 || !name.includes('.')) return []
  const answers = await Promise.allSettled([resolve(name, 'A'), resolve(name, 'AAAA')])
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value as string[] : []))
}
