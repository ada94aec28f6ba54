// Tries that are counted over all processes: so many within a window that begins with the first of them.
import { sql } from 'kysely'
import type { Database } from './database.ts'

export type TryLimit = { readonly most: number; readonly windowMs: number }

/** Counts this try. False: there were `most` before it within the window. One statement, so that many at once are counted one by one. */
export const takeTry = async (db: Database, key: Buffer, limit: TryLimit, now: Date): Promise<boolean> => {
  const until = new Date(now.getTime() + limit.windowMs)
  const { rows: [row] } = await sql<{ count: number }>`
    insert into tries as t (key, count, since, until) values (${key}, 1, ${now}, ${until})
    on conflict (key) do update set
      count = case when t.until <= ${now} then 1 else t.count + 1 end,
      since = case when t.until <= ${now} then excluded.since else t.since end,
      until = case when t.until <= ${now} then excluded.until else t.until end
    returning count`.execute(db)
  return row!.count <= limit.most
}

export const forgetTries = async (db: Database, keys: readonly Buffer[]): Promise<void> => {
  await db.deleteFrom('tries').where('key', 'in', [...keys]).execute()
}

/** Counts nothing. */
export const triesLeft = async (db: Database, key: Buffer, limit: TryLimit, now: Date): Promise<boolean> => {
  const row = await db.selectFrom('tries').select('count').where('key', '=', key).where('until', '>', now).executeTakeFirst()
  return row === undefined || row.count < limit.most
}

export type Amount = { readonly key: Buffer; readonly amount: number; readonly limit: TryLimit }

/** Counts all of these at once, whatever comes of it. False: one of them is over its limit now. */
export const takeAmounts = async (db: Database, amounts: readonly Amount[], now: Date): Promise<boolean> => {
  // Locked in one order, so that two who count the same never wait for each other in a ring.
  const sorted = [...amounts].sort((a, b) => a.key.compare(b.key))
  const { rows } = await sql<{ over: boolean }>`
    with q as (
      select * from unnest(${sorted.map(({ key }) => key)}::bytea[], ${sorted.map(({ amount }) => amount)}::int[],
        ${sorted.map(({ limit }) => new Date(now.getTime() + limit.windowMs).toISOString())}::timestamptz[],
        ${sorted.map(({ limit }) => limit.most)}::int[]) with ordinality q(key, amount, until, most, n)),
    taken as (
      insert into tries as t (key, count, since, until) select key, amount, ${now}::timestamptz, until from q order by n
      on conflict (key) do update set
        count = case when t.until <= ${now} then excluded.count else least(t.count::bigint + excluded.count, 2000000000)::int end,
        since = case when t.until <= ${now} then excluded.since else t.since end,
        until = case when t.until <= ${now} then excluded.until else t.until end
      returning t.key, t.count)
    select coalesce(bool_or(taken.count > q.most), false) as over from taken join q on q.key = taken.key`.execute(db)
  return !rows[0]!.over
}
