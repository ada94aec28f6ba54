// An attempt under way, of whatever kind of delivery: prepared, signed, handed to the relay, and what came of it decided.

import { outcomeOf, type Attempt, type Outcome, type Tries } from '../policy/outcome.ts'
import { worthSealing } from '../policy/seal.ts'
import type { Envelope, Outgoing, Transmission } from '../relay/attempt.ts'
import type { Host } from './host.ts'
import { noteAttempt, type Destination } from './note-attempt.ts'

export type UnderWay = {
  readonly outcome: Promise<Outcome>
  /** True: stopped before our final dot, the outcome says deferred. False: wait for it. */
  readonly giveUp: (trouble: boolean) => boolean
  /** Our final dot is out: only the reply tells. */
  readonly isSent: () => boolean
  /** Resolves when the relay has it (its place among the connections is counted), or never will. */
  readonly begun: Promise<void>
}

/** `authentication`: what was found of the message when it came, for the seal. `isInside`: it may be to an address of this host. */
export type Ready = Partial<Destination> & {
  readonly envelope: Envelope; readonly outgoing: Outgoing; readonly authentication: string; readonly isInside?: boolean
}
export type Prepared = Ready | Extract<Outcome, { kind: 'held' }>

/** Rejects when `prepare` does: our own store is away. */
export const underWay = (
  host: Host, tries: Tries, prepare: () => Promise<Prepared>, options: { readonly inline: boolean },
): UnderWay => {
  let transmission: Transmission | undefined
  let stopped = false
  const begun = Promise.withResolvers<void>()
  const decide = (attempt: Attempt): Outcome => outcomeOf(attempt, tries, host.clock.now(), jitterFor(host, attempt))
  const run = async (): Promise<Outcome> => {
    const prepared = await prepare()
    if ('kind' in prepared) return prepared
    const outgoing = await signed(host, prepared)
    if (!outgoing) return decide({ kind: 'transient', reply: 'Burnbox could not sign the message.', why: 'dropped', trouble: false })
    if (stopped) return decide({ kind: 'transient', reply: 'Burnbox was stopped.', why: 'dropped', trouble: false })
    transmission = (prepared.isInside ? host.inside : host.relay.begin)(prepared.envelope, outgoing, options)
    begun.resolve()
    const attempt = await transmission.result
    if (prepared.inbox) await noteAttempt(host, prepared as Destination, attempt)
    return decide(attempt)
  }
  return {
    outcome: run().finally(begun.resolve),
    begun: begun.promise,
    giveUp: (trouble) => {
      stopped = true
      return transmission ? transmission.giveUp(trouble) : true
    },
    isSent: () => transmission?.isSent() ?? false,
  }
}

/** Undefined: it could not be signed, and nothing leaves unsigned. */
const signed = async (host: Host, { outgoing, authentication }: Ready): Promise<Outgoing | undefined> => {
  if (!host.signer) return outgoing
  try {
    return { ...outgoing, header: await host.signer.sign(outgoing, worthSealing(authentication)) }
  } catch (error) {
    host.log.error({ err: error }, 'a message could not be signed and is deferred')
    return undefined
  }
}

/** 0 to 1. Most attempts are accepted and need none; the system's randomness costs as much as three timers. */
const jitterFor = (host: Host, attempt: Attempt): number => (attempt.kind === 'transient' ? (host.random(1)[0] ?? 0) / 255 : 0)
