// The latest line of each of several aliases that tells of a message: one look at the end of the index for each.
import { sql } from 'kysely'
import type { Database } from './database.ts'

export type LatestLine = { readonly kind: string; readonly sender: string | null; readonly at: Date }

export const latestActivity = async (
  db: Database, aliasIds: readonly number[], kinds: readonly string[],
): Promise<ReadonlyMap<number, LatestLine>> => {
  const { rows } = await sql<LatestLine & { readonly id: number }>`
    select w.id, l.kind, l.sender, l.at from unnest(${aliasIds}::int[]) w(id)
    cross join lateral (select kind, sender, at from activity where alias_id = w.id and kind = any(${kinds}::text[]) order by id desc limit 1) l`.execute(db)
  return new Map(rows.map(({ id, ...line }) => [id, line]))
}
