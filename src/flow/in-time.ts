// How long a sender's server waits for our next hop, and how many may wait at once.

import type { Outcome } from '../policy/outcome.ts'
import type { Host } from './host.ts'
import type { UnderWay } from './under-way.ts'
import { waitFor } from './wait-for.ts'

/** From the sender's final dot; senders wait at least 10 minutes (RFC 5321 §4.5.3.2.6), cautious ones 60 s. */
const ALL_MS = 25_000
/** At most half of the 500 ingress connections may wait for next hops, so that one slow hop cannot fill the door. */
const MOST_WAITING = 250

let waiting = 0

/** Undefined: too many wait already, or the process ends. Call what it returns when the wait is over. */
export const takeWaitingPlace = (host: Host): (() => void) | undefined => {
  if (waiting >= MOST_WAITING || host.stopping.aborted) return undefined
  waiting += 1
  return () => { waiting -= 1 }
}

/** Undefined: our final dot is out and there is no reply yet. */
export const outcomeInTime = async (host: Host, underWay: UnderWay, receivedAt: Date): Promise<Outcome | undefined> => {
  const left = ALL_MS - (host.clock.now().getTime() - receivedAt.getTime())
  const first = await waitFor(host, underWay.outcome, { ms: left, signal: host.stopping })
  if (first.kind === 'done') return first.value
  if (underWay.giveUp(first.kind === 'time')) return underWay.outcome
  if (first.kind === 'time') return undefined
  const second = await waitFor(host, underWay.outcome, { ms: left, signal: host.stopWaiting })
  return second.kind === 'done' ? second.value : undefined
}
