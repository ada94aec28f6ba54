// What an archive of another Burnbox has beside addresses: correspondents with their reverse aliases, whom an address was given to, held mail.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { CorrespondentLine, HistoryLine, RuleLine, SenderLine } from '../policy/import/burnbox.ts'
import type { Database, Tx } from './database.ts'
import { MOST_EXPECTED } from './expected-senders.ts'
import type { Keys } from './secret.ts'

export type Own = { readonly id: number; readonly uuid: string; readonly burnedAt: Date | null }

/** The account's aliases that bear these addresses, or stand for them. */
export const ownAliases = async (db: Database | Tx, accountId: string, addresses: readonly Mailbox[]): Promise<ReadonlyMap<Mailbox, Own>> => {
  const { rows } = await sql<{ address: Mailbox; id: number; uuid: string; burnedAt: Date | null }>`
    select q.address, a.id, a.uuid, a.burned_at as "burnedAt" from unnest(${[...new Set(addresses)]}::text[]) q(address)
    join aliases a on a.account_id = ${accountId} and not a.system and (a.address = q.address
      or a.id = (select f.alias_id from former_addresses f where f.account_id = ${accountId} and f.address = q.address))`.execute(db)
  return new Map(rows.map((row) => [row.address, row]))
}

/** One that is known already keeps its reverse alias; a reverse alias that is anybody's already stays theirs. */
export const insertCorrespondents = async (
  tx: Tx, keys: Pick<Keys, 'hash' | 'encrypt'>, accountId: string, lines: readonly (CorrespondentLine & { readonly of: Own })[], now: Date,
): Promise<void> => {
  const column = <T>(pick: (line: (typeof lines)[number]) => T): T[] => lines.map(pick)
  const past = (at: Date | null): string | null => at === null ? null : (at < now ? at : now).toISOString()
  await sql`
    insert into correspondents (alias_id, account_id, address_hash, address_encrypted, reverse_local_part, name, created_at, last_used_at, written_at,
      blocked_at)
    select q.alias_id, ${accountId}, q.hash, q.sealed, q.reverse, q.name, q.created_at, q.last_used_at, q.written_at, q.blocked_at from unnest(
      ${column((one) => one.of.id)}::int[], ${column((one) => keys.hash('correspondent', one.of.uuid, one.address))}::bytea[],
      ${column((one) => keys.encrypt(one.address))}::bytea[], ${column((one) => one.reverseLocalPart)}::text[], ${column((one) => one.name)}::text[],
      ${column((one) => past(one.createdAt ?? now))}::timestamptz[], ${column((one) => past(one.lastUsedAt ?? now))}::timestamptz[],
      ${column((one) => past(one.writtenAt))}::timestamptz[], ${column((one) => past(one.blockedAt))}::timestamptz[])
      q(alias_id, hash, sealed, reverse, name, created_at, last_used_at, written_at, blocked_at)
    on conflict do nothing`.execute(tx)
}

/** Where the address asks for nothing yet: what its owner chose here stays. */
export const setRules = async (tx: Tx, lines: readonly (RuleLine & { readonly of: Own })[], now: Date): Promise<void> => {
  const column = <T>(pick: (line: (typeof lines)[number]) => T): T[] => lines.map(pick)
  await sql`
    update aliases a set strangers = q.strangers, quiet = q.quiet, ends_at = q.ends_at, ends_left = q.ends_left, ends_idle_days = q.idle_days,
      ends_idle_since = case when q.idle_days is not null then ${now}::timestamptz end
    from unnest(${column((one) => one.of.id)}::int[], ${column((one) => one.strangers)}::text[], ${column((one) => one.quiet)}::bool[],
      ${column((one) => one.endsAt?.toISOString() ?? null)}::timestamptz[], ${column((one) => one.endsLeft)}::int[],
      ${column((one) => one.endsIdleDays)}::int[]) q(id, strangers, quiet, ends_at, ends_left, idle_days)
    where a.id = q.id and a.strangers is null and not a.quiet and num_nonnulls(a.ends_at, a.ends_left, a.ends_idle_days) = 0`.execute(tx)
}

/** As many as an address may have. */
export const insertExpectedSenders = async (tx: Tx, lines: readonly (SenderLine & { readonly of: Own })[], now: Date): Promise<void> => {
  const column = <T>(pick: (line: (typeof lines)[number]) => T): T[] => lines.map(pick)
  await sql`
    insert into expected_senders (alias_id, kind, name, origin, unproven, created_at)
    select q.alias_id, q.kind, q.name, q.origin, q.unproven, ${now} from unnest(
      ${column((one) => one.of.id)}::int[], ${column((one) => one.kind)}::text[], ${column((one) => one.name)}::text[], ${column((one) => one.origin)}::text[],
      ${column((one) => one.unproven)}::bool[]) q(alias_id, kind, name, origin, unproven)
    where (select count(*) from expected_senders e where e.alias_id = q.alias_id) < ${MOST_EXPECTED}::int
    on conflict do nothing`.execute(tx)
}

/**
 * What happened before: older than all that happened to the address here, so that an archive of this host brings nothing again. The lines come newest
 * first, and have ids below zero in this order.
 */
export const insertHistory = async (tx: Tx, accountId: string, lines: readonly (HistoryLine & { readonly of: Own })[], now: Date): Promise<void> => {
  const column = <T>(pick: (line: (typeof lines)[number]) => T): T[] => lines.map(pick)
  await sql`
    insert into activity (id, at, account_id, alias_id, alias_address, delivery_id, kind, reason, sender, reply, size, authentication, thread)
    overriding system value
    select nextval('activity_history'), q.at, ${accountId}, q.alias_id, q.address, q.delivery_id, q.kind, q.reason, q.sender, q.reply, q.size, q.checks,
      q.thread
    from (select q.* from unnest(
        ${column((one) => one.at.toISOString())}::timestamptz[], ${column((one) => one.of.id)}::int[], ${column((one) => one.alias)}::text[],
        ${column((one) => one.deliveryId)}::bigint[], ${column((one) => one.kind)}::text[], ${column((one) => one.reason)}::text[],
        ${column((one) => one.sender)}::text[], ${column((one) => one.reply)}::text[], ${column((one) => one.size)}::bigint[],
        ${column((one) => one.checks)}::text[], ${column((one) => one.thread)}::bigint[])
      with ordinality q(at, alias_id, address, delivery_id, kind, reason, sender, reply, size, checks, thread, n)
      join account_settings s on s.account_id = ${accountId}
      where q.at < least(${now}::timestamptz, (select l.at from activity l
          where l.alias_id = q.alias_id and l.id > 0 and (l.kind <> 'created' or l.reason is distinct from 'import') order by l.id limit 1))
        and q.at > ${now}::timestamptz - make_interval(days => s.activity_days)
      order by q.n) q
    on conflict do nothing`.execute(tx)
}

/** Whether the account has taken an archive before: what it chose since then stays. */
export const hasTakenArchive = async (db: Database | Tx, accountId: string, importId: string): Promise<boolean> =>
  await db.selectFrom('imports').select('id').where('account_id', '=', accountId).where('format', '=', 'burnbox').where('dry_run', '=', false)
    .where('state', '=', 'done').where('id', '<>', importId).limit(1).executeTakeFirst() !== undefined

/** The same message is held for this address already. */
export const isHeldAlready = async (tx: Tx, aliasId: number, receivedAt: Date, size: number): Promise<boolean> => {
  const { rows } = await sql`
    select 1 from held h join messages m on m.id = h.message_id where h.alias_id = ${aliasId} and m.received_at = ${receivedAt} and m.size = ${size} limit 1`
    .execute(tx)
  return rows.length > 0
}
