// The queue's worker: claims what is due, delivers, settles. Several processes may run it on one database.

import { deliver, deliverOwn } from '../flow/deliver.ts'
import { deliverReply } from '../flow/deliver-reply.ts'
import type { Host } from '../flow/host.ts'
import { settle, settleLater } from '../flow/settle.ts'
import { storedContent } from '../flow/stored-content.ts'
import type { UnderWay } from '../flow/under-way.ts'
import { waitFor } from '../flow/wait-for.ts'
import { backoffMs, OVERDUE_MS } from '../policy/backoff.ts'
import { outcomeOf, type Outcome } from '../policy/outcome.ts'
import { claimDue, claimOrphanedSent, clockSetBack, giveBack, lastRetry, markSent, ownRecipient, type Claimed, type Due } from '../store/deliveries.ts'
import { messageStarts } from '../store/messages.ts'
import { createLargePlaces, type TakePlace } from './large-places.ts'

/** Nobody is told about a retry that another process made due, so each looks for itself; an index answers in well under 1 ms. */
const LOOK_EVERY_MS = 1_000
/** Fewer free places wait so long for more: a claim for several costs what one for a single one does. */
const WORTH_A_CLAIM = 6
const SOON_MS = 10
const OVERDUE_EVERY_MS = 60_000
/** Looks are seconds apart: the process stood still, or the clock was set. */
const STRANGE_MS = 30_000
/** As long as a sender would have waited; from then on the row says that the outcome may be unknown. */
const PATIENCE_MS = 25_000
/** Longer than an attempt waits for the reply to its dot. */
const LONGEST_REPLY_MS = 11 * 60_000

export type Worker = {
  readonly wake: () => void
  /** Resolves when nothing is under way that this process could still settle. */
  readonly stopped: Promise<void>
}

export const startWorker = (host: Host): Worker => {
  let wakeUp = (): void => {}
  let woken = false
  const underWay = new Set<Promise<void>>()
  // Claimed, and not yet counted by the relay: without them a long queue would be claimed whole before the first has a connection.
  let starting = 0
  let storeWasAway = false
  let soon = false
  let claimedAt = -Infinity
  let orphansLookedAt = -Infinity
  let overdueLookedAt = -Infinity
  let retried: string | undefined
  let lookedAt: Date | undefined
  const startOf = messageStarts(host.db)
  const takePlace = createLargePlaces()

  const wake = (): void => {
    woken = true
    wakeUp()
  }
  host.stopping.addEventListener('abort', wake, { once: true })

  const run = async (): Promise<void> => {
    while (!host.stopping.aborted) {
      woken = false
      const claimed = await claim().catch((error: unknown) => {
        host.log.warn({ err: error }, 'the queue cannot be read, trying again')
        storeWasAway = true
        return 0
      })
      if (claimed > 0 || woken) continue
      await new Promise<void>((resolve) => {
        const timer = host.clock.setTimeout(resolve, soon ? SOON_MS : LOOK_EVERY_MS)
        wakeUp = () => {
          host.clock.clearTimeout(timer)
          resolve()
        }
      })
    }
    await Promise.allSettled(underWay)
  }

  const claim = async (): Promise<number> => {
    // While the store was away, or we stood still, our leases ran out; what we still wait for is not an orphan.
    const now = host.clock.now()
    const passedMs = lookedAt ? now.getTime() - lookedAt.getTime() : 0
    if (lookedAt && passedMs < -STRANGE_MS) {
      await clockSetBack(host.db, lookedAt, now)
      orphansLookedAt = overdueLookedAt = claimedAt = -Infinity
    }
    if (storeWasAway || passedMs > STRANGE_MS) await host.leases.renew()
    storeWasAway = false
    lookedAt = now
    if (now.getTime() - orphansLookedAt >= LOOK_EVERY_MS) {
      for (const orphan of await claimOrphanedSent(host.db, now, 100, newToken(host))) await settleOrphan(host, orphan)
      const asked = await lastRetry(host.db)
      if (asked !== retried) host.relay.probeNow()
      retried = asked
      orphansLookedAt = now.getTime()
    }
    const room = host.relay.room() - starting
    soon = false
    if (room <= 0) return claimOverdue(now)
    soon = room < WORTH_A_CLAIM && underWay.size > 0 && now.getTime() - claimedAt < SOON_MS
    if (soon) return 0
    claimedAt = now.getTime()
    return attemptAll(await claimDue(host.db, now, room, newToken(host)))
  }

  /** What should have ended long ago does not wait for a next hop that is in trouble: it is held when there is still no way. */
  const claimOverdue = async (now: Date): Promise<number> => {
    if (underWay.size > 0 || now.getTime() - overdueLookedAt < OVERDUE_EVERY_MS) return 0
    const claimed = await claimDue(host.db, now, 100, newToken(host), new Date(now.getTime() - OVERDUE_MS))
    if (claimed.length === 0) overdueLookedAt = now.getTime()
    return attemptAll(claimed)
  }

  const attemptAll = (claimed: readonly Due[]): number => {
    for (const one of claimed) {
      starting += 1
      const work = attempt(host, { startOf, takePlace }, one, () => { starting -= 1 }).catch((error: unknown) => {
        host.log.error({ err: error, delivery: one.id.toString() }, 'the store is away; the lease will expire')
      }).finally(() => {
        underWay.delete(work)
        wake()
      })
      underWay.add(work)
    }
    return claimed.length
  }

  return { wake, stopped: run() }
}

const newToken = (host: Host): bigint => host.random(8).readBigUInt64BE() >> 2n

/** Rule c: the process that waited for the reply is gone. */
const settleOrphan = (host: Host, orphan: Claimed): Promise<void> =>
  settle(host, orphan, outcomeOf(
    { kind: 'transient', reply: 'Burnbox stopped before the reply came.', why: 'lost', trouble: false }, orphan, host.clock.now(), 0))

type StartOf = ReturnType<typeof messageStarts>

type Means = { readonly startOf: StartOf; readonly takePlace: TakePlace }

const attempt = async (host: Host, { startOf, takePlace }: Means, claimed: Due, begun: () => void): Promise<void> => {
  const letGo = host.leases.keep(claimed.id, claimed.leaseToken)
  const leavePlace = await takePlace(claimed.size, host.stopping)
  try {
    if (!leavePlace) {
      begun()
      return await giveBack(host.db, claimed.id, claimed.leaseToken, host.clock.now())
    }
    const underWay = await begin(host, startOf, claimed, begun)
    const outcome = underWay && await outcomeOrSent(host, underWay).catch((error: unknown) => faultOf(host, claimed, error))
    if (!outcome) return
    switch (outcome) {
      case 'stopped': return await giveBack(host.db, claimed.id, claimed.leaseToken, host.clock.now())
      case 'sent':
        leavePlace()
        return await awaitReply(host, underWay, claimed)
    }
    if (outcome.kind === 'deferred' && !outcome.tried) return await giveBack(host.db, claimed.id, claimed.leaseToken, outcome.retryAt)
    // What the other side said is recorded however long the store is away: asking it again would be a second copy.
    await settleLater(host, Promise.resolve(outcome), claimed)
  } finally {
    leavePlace?.()
    letGo()
  }
}

/** A fault of ours defers, it never holds; a row that throws each time does not stop the others (case I13). */
const faultOf = (host: Host, claimed: Claimed, error: unknown): Outcome => {
  host.log.error({ err: error, delivery: claimed.id.toString() }, 'a delivery could not be attempted')
  const retryAt = new Date(host.clock.now().getTime() + backoffMs(claimed.attempts, 0.5))
  return { kind: 'deferred', reply: 'Burnbox had a fault.', retryAt, unknown: false, tried: true }
}

/** Slow is no reason to stop here, nobody waits for us: only the end of the process is. */
const outcomeOrSent = async (host: Host, underWay: UnderWay): Promise<Outcome | 'sent' | 'stopped'> => {
  for (;;) {
    const waited = await waitFor(host, underWay.outcome, { ms: PATIENCE_MS, signal: host.stopping })
    if (waited.kind === 'done') return waited.value
    if (waited.kind === 'signal') return underWay.giveUp(false) ? 'stopped' : 'sent'
    if (underWay.isSent()) return 'sent'
  }
}

/** Rule b: from now on an expired lease means "outcome unknown". At the end of the process it waits 6 s more. */
const awaitReply = async (host: Host, underWay: UnderWay, claimed: Claimed): Promise<void> => {
  await markSent(host.db, claimed.id, claimed.leaseToken).catch((error: unknown) => {
    host.log.warn({ err: error, delivery: claimed.id.toString() }, 'not marked as sent; its reply is waited for all the same')
  })
  await waitFor(host, settleLater(host, underWay.outcome, claimed), { ms: LONGEST_REPLY_MS, signal: host.stopWaiting })
}

/** `begun` is called once, when the attempt is counted by the relay or is over before that. Undefined: settled already. */
const begin = async (host: Host, startOf: StartOf, claimed: Claimed, begun: () => void): Promise<UnderWay | undefined> => {
  const started = await start(host, startOf, claimed).catch(async (error: unknown) => {
    begun()
    await settle(host, claimed, faultOf(host, claimed, error))
  })
  void started?.begun.then(begun)
  return started ?? undefined
}

const start = async (host: Host, startOf: StartOf, claimed: Claimed): Promise<UnderWay> => {
  const found = await startOf(claimed.messageId)
  if (!found) throw new Error(`message ${claimed.messageId} is gone`)
  const { message } = found
  const content = storedContent(host, found)
  if (claimed.aliasId === null) return deliverOwn(host, claimed, await ownRecipient(host.db, claimed.id), content)
  if (claimed.kind === 'reply') return deliverReply(host, { ...claimed, aliasId: claimed.aliasId }, message, content, { inline: false })
  return deliver(host, { ...claimed, aliasId: claimed.aliasId }, message, content, { inline: false })
}
