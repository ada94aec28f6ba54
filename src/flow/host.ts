// What every journey gets as its first argument: the host it happens on.

import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Relay } from '../relay/attempt.ts'
import type { Signer } from '../relay/sign.ts'
import type { Correspondents } from '../store/correspondents.ts'
import type { Database } from '../store/database.ts'
import type { Leases } from '../store/leases.ts'
import type { Recorder } from '../store/recorder.ts'
import type { Routes } from '../store/routes.ts'
import type { Keys } from '../store/secret.ts'
import type { Senders } from '../store/senders.ts'
import type { Verifier } from '../verify/authenticate.ts'
import type { Resolve } from '../verify/resolver.ts'
import type { SpamFilter } from '../verify/rspamd.ts'

export type Host = {
  readonly config: Config
  /** The host's mail domain, lower-case A-labels. */
  readonly domain: string
  readonly db: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly log: Log
  readonly relay: Relay
  /** The same for what may be an address of this host itself: that comes in here. */
  readonly inside: Relay['begin']
  /** Undefined: nothing is signed (BURNBOX_BENCH_BARE). */
  readonly signer: Signer | undefined
  readonly routes: Routes
  readonly correspondents: Correspondents
  readonly senders: Senders
  readonly recorder: Recorder
  readonly leases: Leases
  /** The one resolver of the process: cached, 2 s a question. */
  readonly resolve: Resolve
  readonly verifier: Verifier
  /** Undefined: nobody looks for spam. */
  readonly spamFilter?: SpamFilter | undefined
  /** Random octets, from the system; tests may fix them. */
  readonly random: (octets: number) => Buffer
  /** Resolves while the database answers; joined, so that many clients at the door cost one query. */
  readonly pingStore: () => Promise<unknown>
  /** Something was queued: look now instead of at the next tick. */
  readonly wakeWorker: () => void
  /** Aborted when the process is asked to stop. */
  readonly stopping: AbortSignal
  /** Aborted 6 s later: what still waits for a reply is stored as awaiting it. */
  readonly stopWaiting: AbortSignal
}

/** A random 62-bit id: a delivery has it before it has a row, and its VERP address carries it. */
export const newDeliveryId = (host: Pick<Host, 'random'>): bigint => host.random(8).readBigUInt64BE() >> 2n
