// Rows that end by age, a batch a call; each returns how many went.

import { sql } from 'kysely'
import type { Tx } from './database.ts'
import { LOCAL_DAYS } from './local-messages.ts'
import { forgetUnusedMessages } from './messages.ts'

export const lapseLocalMessages = async (tx: Tx, now: Date, batch: number): Promise<number> => {
  const { rows } = await sql<{ message_id: string }>`
    delete from local_messages where id in (
      select id from local_messages where received_at <= ${now}::timestamptz - make_interval(days => ${LOCAL_DAYS}) order by id limit ${batch})
    returning message_id`.execute(tx)
  await forgetUnusedMessages(tx, rows.map((row) => row.message_id))
  return rows.length
}

export const lapseActivity = async (tx: Tx, now: Date, batch: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from activity where id in (
      select a.id from activity a join account_settings s on s.account_id = a.account_id
      where a.at <= ${now}::timestamptz - make_interval(days => s.activity_days) order by a.id limit ${batch})`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/**
 * Reverse aliases that nobody used, neither way. Each follows from its alias and its address, so that the same one comes back when
 * the correspondent writes again, or the owner asks for it. A block stays, and whom a held reply waits for. What is about to be used again is not waited for.
 */
export const lapseCorrespondents = async (tx: Tx, now: Date, batch: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from correspondents where id in (
      select c.id from account_settings s join correspondents c on c.account_id = s.account_id
      where c.blocked_at is null and not exists (select 1 from held_recipients r where r.correspondent_id = c.id)
        and c.last_used_at <= ${now}::timestamptz - make_interval(days => s.correspondent_days)
      limit ${batch} for update of c skip locked)`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** Reports of imports: a month, as long as one may wonder where an address went. */
export const lapseImports = async (tx: Tx, now: Date, batch: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from imports where id in (select id from imports where started_at <= ${now}::timestamptz - interval '30 days' limit ${batch})`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

export const lapseLinks = async (tx: Tx, now: Date, batch: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from one_time_links where token_hash in (select token_hash from one_time_links where expires_at <= ${now} limit ${batch})`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/** Counts whose window is over, keys of calls that nobody retries any more, what better-auth left, and invitations that ended long ago. */
export const lapseTries = async (tx: Tx, now: Date, _batch: number): Promise<number> => {
  const ago = (days: number): Date => new Date(now.getTime() - days * 86_400_000)
  await tx.deleteFrom('tries').where('until', '<=', now).execute()
  await tx.deleteFrom('rateLimit').where('lastRequest', '<', String(ago(1).getTime())).execute()
  await tx.deleteFrom('idempotency_keys').where('at', '<=', ago(1)).execute()
  await tx.deleteFrom('verification').where('expiresAt', '<=', ago(1)).execute()
  await tx.deleteFrom('session').where('expiresAt', '<=', now).execute()
  await tx.deleteFrom('devices').where('last_seen_at', '<=', ago(400)).execute()
  await tx.deleteFrom('invitations').where('expires_at', '<=', ago(30)).execute()
  return 0
}

/** Bytes that nothing refers to: deliveries and held messages that went with their account or alias. */
export const sweepUnusedMessages = async (tx: Tx, _now: Date, batch: number): Promise<number> => {
  const { rows } = await sql<{ id: string }>`
    select m.id from messages m
    where not exists (select 1 from deliveries d where d.message_id = m.id)
      and not exists (select 1 from held h where h.message_id = m.id)
      and not exists (select 1 from local_messages l where l.message_id = m.id)
    order by m.id limit ${batch}`.execute(tx)
  await forgetUnusedMessages(tx, rows.map((row) => row.id))
  return rows.length
}
