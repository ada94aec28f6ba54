// The queue: one row a message and next hop. A worker's claim is a lease; its token fences off a worker that lost it.

import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { Database, Tx } from './database.ts'

/** A lease is renewed every 20 s, so the work of a killed process is taken over within 60 s. */
export const LEASE_MS = 60_000
export const RENEW_MS = 20_000

export type NewDelivery = {
  readonly id: bigint
  readonly kind: 'forward' | 'reply' | 'own'
  readonly accountId: string
  readonly aliasId: number | null
  readonly inboxId: string | null
  /** Of our own mail, where it does not go to an inbox. */
  readonly forwardPath?: Mailbox
  /** Of a reply: whom it is for; the inbox is the one that sent it. */
  readonly correspondentId?: string | null
  readonly heldId?: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly attempts: number
  readonly unknownOutcomes: number
  readonly nextAttemptAt: Date
  readonly lastReply?: string | null
  /** Set: our final dot is out and this process waits for the reply. */
  readonly awaiting?: { readonly leaseUntil: Date; readonly leaseToken: bigint }
}

export type Claimed = {
  readonly id: bigint
  readonly kind: 'forward' | 'reply' | 'own'
  readonly accountId: string
  readonly aliasId: number | null
  readonly inboxId: string | null
  readonly correspondentId: string | null
  readonly messageId: string
  /** Released from holding by its owner. */
  readonly released: boolean
  readonly heldId: string | null
  readonly createdAt: Date
  readonly expiresAt: Date
  /** Counts the attempt that this claim is for. */
  readonly attempts: number
  readonly unknownOutcomes: number
  readonly leaseToken: bigint
}

/** `size`: of the message, in octets. */
export type Due = Claimed & { readonly size: number }

/** All of one kind. */
export const insertDeliveries = async (tx: Tx, messageId: string, deliveries: readonly NewDelivery[]): Promise<void> => {
  const [first] = deliveries
  if (!first) return
  await tx.insertInto('deliveries').values(deliveries.map((delivery) => ({
    id: delivery.id, kind: delivery.kind, account_id: delivery.accountId, alias_id: delivery.aliasId, inbox_id: delivery.inboxId,
    forward_path: delivery.forwardPath ?? null, correspondent_id: delivery.correspondentId ?? null,
    message_id: messageId, held_id: delivery.heldId ?? null, released: delivery.heldId != null, state: delivery.awaiting ? 'sent' : 'queued',
    attempts: delivery.attempts,
    unknown_outcomes: delivery.unknownOutcomes, created_at: delivery.createdAt, expires_at: delivery.expiresAt,
    next_attempt_at: delivery.nextAttemptAt, lease_until: delivery.awaiting?.leaseUntil ?? null,
    lease_token: delivery.awaiting?.leaseToken ?? null, last_reply: delivery.lastReply ?? null,
  // A release to several inboxes of which one is still under way, and another was refused and is released again.
  }))).onConflict((conflict) => (first.kind === 'reply'
    ? conflict.columns(['held_id', 'correspondent_id']).where(sql<boolean>`kind = 'reply'`)
    : conflict.columns(['held_id', 'inbox_id']).where(sql<boolean>`kind <> 'reply'`)).doNothing()).execute()
}

/**
 * Takes due deliveries that nobody holds. Whoever is locked by another process is passed over, so several may ask at once.
 * `token` is this claim's; one for all rows of it. `expiredBefore`: only what should have ended by then.
 */
export const claimDue = async (db: Database, now: Date, limit: number, token: bigint, expiredBefore?: Date): Promise<readonly Due[]> => {
  const { rows } = await sql<ClaimedRow & { size: string }>`
    update deliveries d set attempts = d.attempts + 1, lease_until = ${new Date(now.getTime() + LEASE_MS)}, lease_token = ${token}
    where d.id in (
      select id from deliveries
      where state = 'queued' and next_attempt_at <= ${now} and (lease_until is null or lease_until <= ${now})
        ${expiredBefore ? sql`and expires_at <= ${expiredBefore}` : sql``}
      order by next_attempt_at for update skip locked limit ${limit})
    returning id, kind, account_id, alias_id, inbox_id, correspondent_id, message_id, released, held_id, created_at, expires_at, attempts, unknown_outcomes,
      (select m.size from messages m where m.id = d.message_id) as size`.execute(db)
  return rows.map((row) => ({
    id: BigInt(row.id), kind: row.kind, accountId: row.account_id, aliasId: row.alias_id, inboxId: row.inbox_id, correspondentId: row.correspondent_id,
    messageId: row.message_id,
    released: row.released, heldId: row.held_id, createdAt: row.created_at, expiresAt: row.expires_at, attempts: row.attempts,
    unknownOutcomes: row.unknown_outcomes, leaseToken: token, size: Number(row.size),
  }))
}

type ClaimedRow = {
  id: string; kind: Claimed['kind']; account_id: string; alias_id: number | null; inbox_id: string | null; correspondent_id: string | null
  message_id: string; released: boolean; held_id: string | null; created_at: Date; expires_at: Date; attempts: number; unknown_outcomes: number
}

/** Rows whose final dot went out in a process that is gone: their outcome is unknown for ever. Claimed for settling. */
export const claimOrphanedSent = async (db: Database, now: Date, limit: number, token: bigint): Promise<readonly Claimed[]> => {
  const { rows } = await sql<ClaimedRow>`
    update deliveries d set lease_until = ${new Date(now.getTime() + LEASE_MS)}, lease_token = ${token}
    where d.id in (
      select id from deliveries where state = 'sent' and lease_until <= ${now} order by id for update skip locked limit ${limit})
    returning id, kind, account_id, alias_id, inbox_id, correspondent_id, message_id, released, held_id, created_at, expires_at, attempts,
      unknown_outcomes`.execute(db)
  return rows.map((row) => ({
    id: BigInt(row.id), kind: row.kind, accountId: row.account_id, aliasId: row.alias_id, inboxId: row.inbox_id, correspondentId: row.correspondent_id,
    messageId: row.message_id,
    released: row.released, heldId: row.held_id, createdAt: row.created_at, expiresAt: row.expires_at, attempts: row.attempts,
    unknownOutcomes: row.unknown_outcomes, leaseToken: token,
  }))
}

export const renewLeases = async (db: Database, held: readonly { readonly id: bigint; readonly leaseToken: bigint }[], now: Date): Promise<void> => {
  if (held.length === 0) return
  await sql`
    update deliveries d set lease_until = ${new Date(now.getTime() + LEASE_MS)}
    from unnest(${held.map((one) => one.id.toString())}::bigint[], ${held.map((one) => one.leaseToken.toString())}::bigint[]) q(id, token)
    where d.id = q.id and d.lease_token = q.token`.execute(db)
}

/** Where our own mail goes. An inbox need not be verified: the first mail to it is the one that verifies it. Undefined: it is gone. */
export const ownRecipient = async (db: Database, id: bigint): Promise<Mailbox | undefined> => {
  const row = await db.selectFrom('deliveries as d').leftJoin('inboxes as i', 'i.id', 'd.inbox_id')
    .select((eb) => eb.fn.coalesce('d.forward_path', 'i.address').as('address')).where('d.id', '=', id.toString()).executeTakeFirst()
  return (row?.address ?? undefined) as Mailbox | undefined
}

/**
 * The clock was set back from `was`: whatever waits comes as much sooner as the clock went back, for nobody can tell which rows were dated before
 * it. Sooner than it should be is one try more; a row dated in the time that was wrong would wait for that time to come.
 */
export const clockSetBack = async (db: Database, was: Date, now: Date): Promise<void> => {
  const back = was.getTime() - now.getTime()
  await sql`update deliveries set next_attempt_at = greatest(${now}, next_attempt_at - ${back} * interval '1 millisecond')
    where state = 'queued' and lease_until is null and next_attempt_at > ${now}`.execute(db)
  const longest = new Date(now.getTime() + LEASE_MS)
  await sql`update deliveries set lease_until = ${longest} where lease_until > ${longest}`.execute(db)
}

/** From now on an expired lease means "outcome unknown", not "not tried". */
export const markSent = async (db: Database, id: bigint, leaseToken: bigint): Promise<void> => {
  await db.updateTable('deliveries').set({ state: 'sent' }).where('id', '=', id.toString()).where('lease_token', '=', leaseToken.toString()).execute()
}

/** Ends a delivery. False: the lease was lost, somebody else decides. */
export const removeDelivery = async (tx: Tx, id: bigint, leaseToken: bigint): Promise<boolean> => {
  const result = await tx.deleteFrom('deliveries').where('id', '=', id.toString()).where('lease_token', '=', leaseToken.toString()).executeTakeFirst()
  return result.numDeletedRows === 1n
}

/** What is left to say of a delivery that has ended well. */
export type Ended = { readonly id: bigint; readonly messageId: string; readonly heldId: string | null; readonly from: string; readonly size: number }

/** Ends many. Whose lease was lost is not among those that come back. */
export const removeDeliveries = async (tx: Tx, ended: readonly { readonly id: bigint; readonly leaseToken: bigint }[]): Promise<readonly Ended[]> => {
  const { rows } = await sql<{ id: string; message_id: string; held_id: string | null; from_text: string; size: string }>`
    delete from deliveries d
    using unnest(${ended.map((one) => one.id.toString())}::bigint[], ${ended.map((one) => one.leaseToken.toString())}::bigint[]) q(id, token), messages m
    where d.id = q.id and d.lease_token = q.token and m.id = d.message_id
    returning d.id, d.message_id, d.held_id, m.from_text, m.size`.execute(tx)
  return rows.map((row) => ({ id: BigInt(row.id), messageId: row.message_id, heldId: row.held_id, from: row.from_text, size: Number(row.size) }))
}

export const deferDelivery = async (
  tx: Tx, id: bigint, leaseToken: bigint, next: { readonly retryAt: Date; readonly reply: string; readonly unknownOutcomes: number },
): Promise<boolean> => {
  const result = await tx.updateTable('deliveries')
    .set({
      state: 'queued', next_attempt_at: next.retryAt, last_reply: next.reply, unknown_outcomes: next.unknownOutcomes, lease_until: null, lease_token: null,
    })
    .where('id', '=', id.toString()).where('lease_token', '=', leaseToken.toString()).executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** Gives a claim back untried (shutdown, next hop paused): it does not count as an attempt. */
export const giveBack = async (db: Database, id: bigint, leaseToken: bigint, nextAttemptAt: Date): Promise<void> => {
  await db.updateTable('deliveries')
    .set((eb) => ({ attempts: eb('attempts', '-', 1), next_attempt_at: nextAttemptAt, lease_until: null, lease_token: null }))
    .where('id', '=', id.toString()).where('lease_token', '=', leaseToken.toString()).execute()
}

export type QueueLine = {
  readonly id: string
  readonly alias: string | null
  readonly subject: string
  readonly state: 'queued' | 'sent'
  readonly next_try: string
  readonly last_reply: string | null
}

export const listQueue = async (db: Database): Promise<readonly QueueLine[]> => {
  const rows = await db.selectFrom('deliveries as d').leftJoin('aliases as a', 'a.id', 'd.alias_id').innerJoin('messages as m', 'm.id', 'd.message_id')
    .select(['d.id', 'a.address as alias', 'm.subject', 'd.state', 'd.next_attempt_at', 'd.last_reply']).orderBy('d.next_attempt_at').execute()
  return rows.map((row) => ({
    id: row.id, alias: row.alias, subject: row.subject, state: row.state as QueueLine['state'],
    next_try: row.next_attempt_at.toISOString(), last_reply: row.last_reply,
  }))
}

/**
 * Makes due whatever is not leased, unknown outcomes too. Returns how many.
 * A row that awaits a reply whose process is gone becomes an ordinary queued one: the operator has decided.
 */
export const retryNow = async (db: Database, now: Date, ids: readonly string[] | 'all'): Promise<number> => {
  let query = db.updateTable('deliveries').set({ state: 'queued', next_attempt_at: now, lease_until: null, lease_token: null })
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
  if (ids !== 'all') query = query.where('id', 'in', ids.length > 0 ? [...ids] : ['0'])
  const result = await query.executeTakeFirst()
  await db.insertInto('host_state').values({ key: RETRIED, value: `${now.toISOString()} ${randomUUID()}` })
    .onConflict((conflict) => conflict.column('key').doUpdateSet((eb) => ({ value: eb.ref('excluded.value') }))).execute()
  return Number(result.numUpdatedRows)
}

const RETRIED = 'queue-retried'

/** Another one than before: the operator asked for a retry since, so that no process waits for a next hop to recover. */
export const lastRetry = async (db: Database): Promise<string | undefined> =>
  (await db.selectFrom('host_state').select('value').where('key', '=', RETRIED).executeTakeFirst())?.value
