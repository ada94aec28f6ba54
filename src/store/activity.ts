// What happened to whom: one line an event, kept 90 days, and the counts that lists and plots read.

import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { callsFor } from './webhook-calls.ts'

export type ActivityKind =
  | 'created' | 'burned' | 'restored' | 'closed' | 'forgotten' | 'delivered' | 'queued' | 'deferred' | 'held' | 'released'
  | 'deleted' | 'lapsed' | 'let-go' | 'bounced' | 'refused' | 'replied' | 'failed'

export type ActivityLine = {
  readonly at: Date
  readonly accountId: string
  readonly aliasId: number | null
  readonly aliasAddress: string | null
  readonly kind: ActivityKind
  readonly deliveryId?: bigint | string | null
  readonly reason?: string | null
  readonly sender?: string | null
  readonly reply?: string | null
  readonly size?: number | null
  /** What SPF, DKIM and DMARC said of it: see policy/checks. */
  readonly checks?: string | null
  /** Of the message's own id: see reply-facts. */
  readonly thread?: bigint | undefined
  /** What is held, by the id that its owner knows. Only webhooks are told, and only where there is one; it is not kept. */
  readonly heldId?: string
}

/**
 * Arrays instead of one VALUES list: one prepared statement whatever the number of lines. What a webhook wants to hear of is written in the
 * same one, so that neither is there without the other. What bounced with its original is held as refused. An import tells nothing: it makes
 * 100,000 addresses that are no news.
 */
export const insertActivity = async (db: Database | Tx, lines: readonly ActivityLine[]): Promise<void> => {
  if (lines.length === 0) return
  const column = <T>(pick: (line: ActivityLine) => T): T[] => lines.map(pick)
  await sql`
    with lines as (select * from unnest(
      ${column((line) => line.at.toISOString())}::timestamptz[], ${column((line) => line.accountId)}::text[],
      ${column((line) => line.aliasId)}::int[], ${column((line) => line.aliasAddress)}::text[],
      ${column((line) => line.deliveryId?.toString() ?? null)}::bigint[], ${column((line) => line.kind)}::text[],
      ${column((line) => line.reason ?? null)}::text[], ${column((line) => line.sender ?? null)}::text[],
      ${column((line) => line.reply ?? null)}::text[], ${column((line) => line.size ?? null)}::bigint[], ${column((line) => line.checks ?? null)}::text[],
      ${column((line) => line.thread?.toString() ?? null)}::bigint[], ${column((line) => line.heldId ?? null)}::uuid[])
      as line(at, account_id, alias_id, alias_address, delivery_id, kind, reason, sender, reply, size, authentication, thread, held_id)),
    written as (
      insert into activity (at, account_id, alias_id, alias_address, delivery_id, kind, reason, sender, reply, size, authentication, thread)
      select at, account_id, alias_id, alias_address, delivery_id, kind, reason, sender, reply, size, authentication, thread from lines)
    ${callsFor(sql`
      select account_id, case kind when 'created' then 'alias.created' when 'burned' then 'alias.burned' else 'message.held' end as event,
        at, alias_id, alias_address, case kind when 'bounced' then 'refused' else reason end as detail, held_id
      from lines where (kind in ('created', 'burned') and reason is distinct from 'import') or held_id is not null`)}`.execute(db)
}

export type Count = {
  readonly accountId: string
  readonly aliasId: number
  readonly delivered: number
  readonly held: number
  readonly replied: number
  readonly lastMessageAt: Date
}

/** Adds to the counts. Rows are locked in the order of their ids, so that two writers never wait for each other in a ring. */
export const addCounts = async (db: Database | Tx, counts: readonly Count[]): Promise<void> => {
  if (counts.length === 0) return
  const sorted = [...counts].sort((a, b) => a.aliasId - b.aliasId)
  const column = <T>(pick: (count: Count) => T): T[] => sorted.map(pick)
  const rows = sql`unnest(
      ${column((count) => count.accountId)}::text[], ${column((count) => count.aliasId)}::int[], ${column((count) => count.delivered)}::bigint[],
      ${column((count) => count.held)}::bigint[], ${column((count) => count.replied)}::bigint[],
      ${column((count) => count.lastMessageAt.toISOString())}::timestamptz[]) as q(account_id, alias_id, delivered, held, replied, at)`
  await sql`
    update alias_counts c set delivered = c.delivered + q.delivered, held = c.held + q.held, replied = c.replied + q.replied,
      last_message_at = greatest(c.last_message_at, q.at)
    from (select q.* from alias_counts l join ${rows} on q.alias_id = l.alias_id order by l.alias_id for update of l) q
    where c.alias_id = q.alias_id`.execute(db)
  await sql`
    insert into daily_counts as c (account_id, alias_id, day, delivered, held, replied)
    select q.account_id, q.alias_id, (q.at at time zone 'UTC')::date, q.delivered, q.held, q.replied
    from ${rows} join "user" u on u.id = q.account_id order by q.alias_id
    on conflict (account_id, day, alias_id) do update
      set delivered = c.delivered + excluded.delivered, held = c.held + excluded.held, replied = c.replied + excluded.replied`.execute(db)
}
