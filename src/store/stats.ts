// Sums over daily_counts: what the plots and the metrics show.
import { sql, type RawBuilder } from 'kysely'
import type { Database } from './database.ts'

export type DayCounts = { readonly day: string; readonly delivered: number; readonly held: number; readonly replied: number }

/** One row a day from `from` to `to` (YYYY-MM-DD, both included), days without mail too. */
export const dailyCounts = (db: Database, accountId: string, from: string, to: string): Promise<readonly DayCounts[]> =>
  perDay(db, sql`c.account_id = ${accountId}`, from, to)

export const dailyCountsOf = (db: Database, aliasId: number, from: string, to: string): Promise<readonly DayCounts[]> =>
  perDay(db, sql`c.alias_id = ${aliasId}`, from, to)

const perDay = async (db: Database, whose: RawBuilder<unknown>, from: string, to: string): Promise<readonly DayCounts[]> => {
  // Summed before the join: with a day for each row of the series first, a million counts took more than 8 s.
  const { rows } = await sql<{ day: string; delivered: string; held: string; replied: string }>`
    with c as (
      select c.day, sum(c.delivered) as delivered, sum(c.held) as held, sum(c.replied) as replied from daily_counts c
      where ${whose} and c.day between ${from}::date and ${to}::date group by c.day)
    select to_char(d.day, 'YYYY-MM-DD') as day, coalesce(c.delivered, 0) as delivered, coalesce(c.held, 0) as held, coalesce(c.replied, 0) as replied
    from generate_series(${from}::date, ${to}::date, interval '1 day') d(day) left join c on c.day = d.day::date order by d.day`.execute(db)
  return rows.map((row) => ({ day: row.day, delivered: Number(row.delivered), held: Number(row.held), replied: Number(row.replied) }))
}

export type Plot = { readonly delivered: number[]; readonly held: number[]; readonly replied: number[] }

/** One number a day for each alias, the last of `days` being `today` (YYYY-MM-DD): one query for a page of them, by the index of alias and day. */
export const plotsOf = async (db: Database, aliasIds: readonly number[], today: string, days: number): Promise<ReadonlyMap<number, Plot>> => {
  const zeros = (): number[] => Array.from({ length: days }, () => 0)
  const plots = new Map(aliasIds.map((id) => [id, { delivered: zeros(), held: zeros(), replied: zeros() }]))
  const { rows } = await sql<{ id: number; ago: number; delivered: string; held: string; replied: string }>`
    select alias_id as id, ${today}::date - day as ago, sum(delivered) as delivered, sum(held) as held, sum(replied) as replied from daily_counts
    where alias_id = any(${aliasIds}::int[]) and day > ${today}::date - ${days}::int and day <= ${today}::date group by alias_id, day`.execute(db)
  for (const { id, ago, ...counts } of rows) {
    const plot = plots.get(id)!
    for (const name of ['delivered', 'held', 'replied'] as const) plot[name][days - 1 - ago] = Number(counts[name])
  }
  return plots
}

export type Talker = {
  readonly aliasUuid: string
  readonly alias: string
  readonly site: string | null
  readonly label: string | null
  readonly delivered: number
  readonly held: number
  readonly replied: number
}

/** Counts outlive their alias; so many forgotten ones among the first leave the list whole. */
const mostForgotten = 200

/**
 * The addresses with the most mail from `from` to `to`. One sum of integers for all of them, and the figures of the few that are shown:
 * three sums of bigint are numeric and made the hash too large. `+ 0`: in the order of the index by alias each row costs a look at the table.
 */
export const topTalkers = async (db: Database, accountId: string, from: string, to: string, limit: number): Promise<readonly Talker[]> => {
  const { rows } = await sql<{ uuid: string; address: string; site: string | null; label: string | null; delivered: string; held: string; replied: string }>`
    select a.uuid, a.address, a.site, a.label, t.delivered, t.held, t.replied from (
      select a.id, a.uuid, a.address, a.site, a.label, t.mail from (
        select alias_id + 0 as alias_id, sum((delivered + held)::int) as mail from daily_counts
        where account_id = ${accountId} and day between ${from}::date and ${to}::date
        group by alias_id + 0 order by mail desc, 1 limit ${limit + mostForgotten}) t
      join aliases a on a.id = t.alias_id and a.account_id = ${accountId}
      order by t.mail desc, a.id limit ${limit}) a
    cross join lateral (
      select sum(delivered) as delivered, sum(held) as held, sum(replied) as replied from daily_counts
      where alias_id = a.id and day between ${from}::date and ${to}::date) t
    order by a.mail desc, a.id`.execute(db)
  return rows.map((row) => ({
    aliasUuid: row.uuid, alias: row.address, site: row.site, label: row.label,
    delivered: Number(row.delivered), held: Number(row.held), replied: Number(row.replied),
  }))
}

export type StateCounts = {
  readonly active: number
  readonly burned: number
  readonly closed: number
  /** Never got mail. */
  readonly unused: number
  /** Addresses that strangers write to. */
  readonly strangers: number
  readonly holding: number
  readonly holdingBytes: number
  /** Of them not opened yet. */
  readonly unread: number
  /** When the oldest of it came there. */
  readonly oldestHeldAt: Date | null
}

/** What the account has: aliases by state, and the mail that waits in holding. */
export const accountCounts = async (db: Database, accountId: string): Promise<StateCounts> => {
  const { rows } = await sql<{
    active: string; burned: string; closed: string; unused: string; strangers: string; holding: string; bytes: string; unread: string; oldest: Date | null
  }>`
    with a as (select state, count(*) as n from aliases where account_id = ${accountId} group by state)
    select
      coalesce((select n from a where state = 'active'), 0) as active, coalesce((select n from a where state = 'burned'), 0) as burned,
      coalesce((select n from a where state = 'closed'), 0) as closed,
      (select count(*) from alias_counts where account_id = ${accountId} and last_message_at is null) as unused,
      (select count(*) from aliases where account_id = ${accountId} and exists (
        select 1 from senders w where w.alias_id = aliases.id and w.stranger)) as strangers,
      count(*) as holding, coalesce(sum(size), 0) as bytes, count(*) filter (where read_at is null) as unread, min(held_at) as oldest
    from held where account_id = ${accountId} and released_at is null`.execute(db)
  const row = rows[0]!
  return {
    active: Number(row.active), burned: Number(row.burned), closed: Number(row.closed), unused: Number(row.unused), strangers: Number(row.strangers),
    holding: Number(row.holding),
    holdingBytes: Number(row.bytes), unread: Number(row.unread), oldestHeldAt: row.oldest,
  }
}

/** For the operator's metrics: rows in the queue by state, messages in holding. */
export const hostGauges = async (db: Database): Promise<{ readonly queued: number; readonly sent: number; readonly held: number }> => {
  const { rows } = await sql<{ queued: string; sent: string; held: string }>`
    select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'sent') as sent,
      (select count(*) from held where released_at is null) as held from deliveries`.execute(db)
  return { queued: Number(rows[0]!.queued), sent: Number(rows[0]!.sent), held: Number(rows[0]!.held) }
}
