// Sums over daily_counts: what the plots and the metrics show.
import { sql } from 'kysely'
import type { Database } from './database.ts'

export type DayCounts = { readonly day: string; readonly delivered: number; readonly held: number; readonly replied: number }

/** One row a day from `from` to `to` (YYYY-MM-DD, both included), days without mail too. */
export const dailyCounts = async (db: Database, accountId: string, from: string, to: string): Promise<readonly DayCounts[]> => {
  const { rows } = await sql<{ day: string; delivered: string; held: string; replied: string }>`
    select to_char(d.day, 'YYYY-MM-DD') as day,
      coalesce(sum(c.delivered), 0) as delivered, coalesce(sum(c.held), 0) as held, coalesce(sum(c.replied), 0) as replied
    from generate_series(${from}::date, ${to}::date, interval '1 day') d(day)
    left join daily_counts c on c.day = d.day::date and c.account_id = ${accountId}
    group by d.day order by d.day`.execute(db)
  return rows.map((row) => ({ day: row.day, delivered: Number(row.delivered), held: Number(row.held), replied: Number(row.replied) }))
}

export type StateCounts = {
  readonly active: number
  readonly burned: number
  readonly closed: number
  readonly holding: number
  readonly holdingBytes: number
}

/** What the account has: aliases by state, and the mail that waits in holding. */
export const accountCounts = async (db: Database, accountId: string): Promise<StateCounts> => {
  const { rows } = await sql<{ active: string; burned: string; closed: string; holding: string; bytes: string }>`
    select
      (select count(*) from aliases where account_id = ${accountId} and state = 'active') as active,
      (select count(*) from aliases where account_id = ${accountId} and state = 'burned') as burned,
      (select count(*) from aliases where account_id = ${accountId} and state = 'closed') as closed,
      count(*) as holding, coalesce(sum(size), 0) as bytes
    from held where account_id = ${accountId} and released_at is null`.execute(db)
  const row = rows[0]!
  return {
    active: Number(row.active), burned: Number(row.burned), closed: Number(row.closed), holding: Number(row.holding),
    holdingBytes: Number(row.bytes),
  }
}

/** For the operator's metrics: rows in the queue by state, messages in holding. */
export const hostGauges = async (db: Database): Promise<{ readonly queued: number; readonly sent: number; readonly held: number }> => {
  const { rows } = await sql<{ queued: string; sent: string; held: string }>`
    select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'sent') as sent,
      (select count(*) from held where released_at is null) as held from deliveries`.execute(db)
  return { queued: Number(rows[0]!.queued), sent: Number(rows[0]!.sent), held: Number(rows[0]!.held) }
}
