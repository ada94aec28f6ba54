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
