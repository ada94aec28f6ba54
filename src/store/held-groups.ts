// Holding as its page shows it: by address, those with unread mail first.
import { sql } from 'kysely'
import type { AliasState } from '../policy/alias.ts'
import type { Database } from './database.ts'

export type HeldGroup = {
  readonly aliasUuid: string
  readonly alias: string
  readonly site: string | null
  readonly label: string | null
  readonly state: AliasState
  readonly burnedAt: Date | null
  readonly reasons: readonly string[]
  readonly count: number
  readonly unread: number
  readonly bytes: number
  readonly oldestAt: Date
  readonly newestAt: Date
}

export const heldGroups = async (db: Database, accountId: string, page: { readonly limit: number; readonly offset: number }): Promise<readonly HeldGroup[]> => {
  const { rows } = await sql<{
    uuid: string; address: string; site: string | null; label: string | null; state: AliasState; burned_at: Date | null; reasons: string[]
    n: string; unread: string; bytes: string; oldest: Date; newest: Date
  }>`
    select a.uuid, a.address, a.site, a.label, a.state, a.burned_at, g.reasons, g.n, g.unread, g.bytes, g.oldest, g.newest
    from (
      select alias_id, array_agg(distinct reason) as reasons, count(*) as n, count(*) filter (where read_at is null) as unread, sum(size) as bytes,
        min(held_at) as oldest, max(held_at) as newest, max(id) as newest_id
      from held where account_id = ${accountId} and released_at is null group by alias_id) g
    join aliases a on a.id = g.alias_id
    order by g.unread > 0 desc, g.newest_id desc limit ${page.limit} offset ${page.offset}`.execute(db)
  return rows.map((row) => ({
    aliasUuid: row.uuid, alias: row.address, site: row.site, label: row.label, state: row.state, burnedAt: row.burned_at, reasons: row.reasons,
    count: Number(row.n), unread: Number(row.unread), bytes: Number(row.bytes), oldestAt: row.oldest, newestAt: row.newest,
  }))
}
