// Who may come in, how long and how often: RELIABILITY "Limits to start from". smtp-server has an idle timer that each octet restarts,
// and no other limit. Everything here is counted by this process; BURNBOX_TRUSTED_CLIENTS have only the total and the timers.

import type { Clock } from '../clock.ts'
import { inNetworks, networksOf } from '../networks.ts'
import { createRate } from './rate.ts'
import { replyFor, type Reply } from './reply.ts'

export const MOST_CLIENTS = 500
const MOST_OF_ADDRESS = 30
const MOST_OF_64 = 10
const MOST_OF_48 = 30

const MOST_TRANSACTIONS = 100
const MOST_COMMANDS = 1_000
export const MOST_RECIPIENTS = 1_000
/** They are no commands of the count above: a whole transaction has 1,000, and as many again may be refused. */
const MOST_RECIPIENTS_SAID = 2 * MOST_RECIPIENTS
/** A sender of a list has a few old addresses; who guesses has nothing else (J09). */
const MOST_UNKNOWN = 20
const UNKNOWN_OF_NETWORK = { burst: 200, anHour: 200 }
/** J08: 100,000 an hour to one alias are stopped, the mail of the busiest list is not. */
const MESSAGES_OF_ALIAS = { burst: 1_000, anHour: 1_000 }

/** RFC 5321 §4.5.3.2.7; 30 s when the house is nearly full (Postfix's stress mode). */
const IDLE_MS = 300_000
const IDLE_WHEN_FULL_MS = 30_000
const NEARLY_FULL = 0.8 * MOST_CLIENTS
const HANDSHAKE_MS = 30_000
const SESSION_MS = 30 * 60_000
const DATA_MS = 10 * 60_000
/** Slower than this (Postfix's smtpd_min_data_rate) a message is not waited for. */
const DATA_OCTETS_A_MS = 0.5
/** One timer looks at all connections, so that a command costs no timer. */
const LOOK_EVERY_MS = 5_000

/** What one client is doing, as smtp-server knows it. */
export type Client = {
  readonly id: string
  readonly address: string
  readonly state: () => 'commands' | 'waits-for-us' | 'data' | 'handshake'
  /** Of the message under way. */
  readonly octets: () => number
  readonly end: (reply: Reply) => void
  readonly destroy: () => void
}

export type Limits = {
  /** Undefined: come in. Counted until it leaves. */
  readonly refuse: (id: string, address: string) => Reply | undefined
  readonly enter: (client: Client) => void
  readonly leave: (id: string) => void
  /** Each whole command, before it is looked at. */
  readonly command: (id: string, verb: string) => Reply | undefined
  readonly unknownRecipient: (id: string) => Reply | undefined
  readonly isFlooded: (id: string, aliasId: number) => boolean
  readonly tookMessage: (id: string, aliasIds: readonly number[]) => void
  readonly close: () => void
}

type Inside = {
  readonly address: string
  readonly trusted: boolean
  readonly since: number
  client?: Client
  lastCommandAt: number
  transactions: number
  commands: number
  recipients: number
  unknown: number
}

export const createLimits = (clock: Clock, trustedClients: readonly string[]): Limits => {
  const isTrusted = inNetworks(trustedClients)
  const inside = new Map<string, Inside>()
  const places = new Map<string, number>()
  const unknownOfNetwork = createRate(UNKNOWN_OF_NETWORK, clock)
  const messagesOfAlias = createRate(MESSAGES_OF_ALIAS, clock)
  const now = (): number => clock.now().getTime()

  const count = (address: string, by: 1 | -1): void => {
    const { nearest, widest } = networksOf(address)
    for (const network of widest === undefined ? [nearest] : [nearest, widest]) {
      const left = (places.get(network) ?? 0) + by
      if (left > 0) places.set(network, left)
      else places.delete(network)
    }
  }

  const isCrowded = (address: string): boolean => {
    const { nearest, widest } = networksOf(address)
    if (widest === undefined) return (places.get(nearest) ?? 0) >= MOST_OF_ADDRESS
    return (places.get(nearest) ?? 0) >= MOST_OF_64 || (places.get(widest) ?? 0) >= MOST_OF_48
  }

  const look = (): void => {
    timer = undefined
    const at = now()
    for (const one of inside.values()) if (one.client) judge(one, one.client, at)
    schedule()
  }

  const judge = (one: Inside, client: Client, at: number): void => {
    // STARTTLS and DATA were the last command for as long as what they began goes on.
    const passed = at - one.lastCommandAt
    switch (client.state()) {
      case 'handshake':
        // Nothing can be said in it.
        if (passed >= HANDSHAKE_MS) client.destroy()
        return
      case 'data':
        if (passed >= DATA_MS + client.octets() / DATA_OCTETS_A_MS) client.end(replyFor('too-slow'))
        return
      case 'waits-for-us':
        one.lastCommandAt = at
        return
      case 'commands': {
        if (at - one.since >= SESSION_MS) return client.end(replyFor('session-too-long'))
        const patience = inside.size > NEARLY_FULL ? IDLE_WHEN_FULL_MS : IDLE_MS
        if (passed >= patience) client.end(replyFor('idle'))
      }
    }
  }

  let timer: ReturnType<Clock['setTimeout']> | undefined
  const schedule = (): void => {
    if (timer !== undefined || inside.size === 0) return
    timer = clock.setTimeout(look, LOOK_EVERY_MS)
    timer.unref()
  }

  return {
    refuse: (id, address) => {
      if (inside.size >= MOST_CLIENTS) return replyFor('too-many-clients')
      const trusted = isTrusted(address)
      if (!trusted && isCrowded(address)) return replyFor('too-many-of-network')
      if (!trusted && unknownOfNetwork.isSpent(networksOf(address).nearest)) return replyFor('too-many-unknown')
      const at = now()
      inside.set(id, { address, trusted, since: at, lastCommandAt: at, transactions: 0, commands: 0, recipients: 0, unknown: 0 })
      count(address, 1)
      schedule()
      return undefined
    },
    enter: (client) => {
      const one = inside.get(client.id)
      if (one) one.client = client
    },
    leave: (id) => {
      const one = inside.get(id)
      if (!one || !inside.delete(id)) return
      count(one.address, -1)
    },
    command: (id, verb) => {
      const one = inside.get(id)
      if (!one) return undefined
      one.lastCommandAt = now()
      if (one.trusted) return undefined
      if (verb === 'RCPT') {
        one.recipients += 1
        return one.recipients > MOST_RECIPIENTS_SAID ? replyFor('too-many-commands') : undefined
      }
      one.commands += 1
      if (verb === 'MAIL') {
        one.transactions += 1
        one.recipients = 0
        if (one.transactions > MOST_TRANSACTIONS) return replyFor('too-many-transactions')
      }
      return one.commands > MOST_COMMANDS ? replyFor('too-many-commands') : undefined
    },
    unknownRecipient: (id) => {
      const one = inside.get(id)
      if (!one || one.trusted) return undefined
      one.unknown += 1
      const { nearest } = networksOf(one.address)
      unknownOfNetwork.take(nearest)
      return one.unknown > MOST_UNKNOWN || unknownOfNetwork.isSpent(nearest) ? replyFor('too-many-unknown') : undefined
    },
    // Asked at RCPT, counted when there is a message: who only says RCPT takes nothing from the alias.
    isFlooded: (id, aliasId) => inside.get(id)?.trusted === false && messagesOfAlias.isSpent(aliasId),
    tookMessage: (id, aliasIds) => {
      if (inside.get(id)?.trusted === false) for (const aliasId of aliasIds) messagesOfAlias.take(aliasId)
    },
    close: () => clock.clearTimeout(timer),
  }
}
