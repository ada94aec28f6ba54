// How an alias ends by itself: it burns, so that its mail is held. By a date, after some messages, when idle, or when somebody writes again.

import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export const waitToBurn = async (
  db: Database | Tx, aliasId: number, wait: { readonly organisation: string; readonly since: Date; readonly until: Date },
): Promise<void> => {
  await db.updateTable('aliases').set({ burn_if_organisation: wait.organisation, burn_if_since: wait.since, burn_if_until: wait.until })
    .where('id', '=', aliasId).execute()
}

/** One message less. False: others that came at the same time took what was left. */
export const countDown = async (db: Database | Tx, aliasId: number): Promise<boolean> => {
  const { numUpdatedRows } = await db.updateTable('aliases').set((eb) => ({ ends_left: eb('ends_left', '-', 1) }))
    .where('id', '=', aliasId).where('ends_left', '>', 0).executeTakeFirst()
  if (numUpdatedRows > 0n) return true
  const row = await db.selectFrom('aliases').select('ends_left').where('id', '=', aliasId).executeTakeFirst()
  return row?.ends_left !== 0
}

/** It has ended: what ended it is gone, so that its owner can restore it. */
export const clearEnds = async (tx: Tx, aliasId: number): Promise<void> => {
  await tx.updateTable('aliases').set({
    ends_at: null, ends_left: null, ends_idle_days: null, ends_idle_since: null, burn_if_organisation: null, burn_if_since: null, burn_if_until: null,
  }).where('id', '=', aliasId).execute()
}

export type Ended = { readonly accountId: string; readonly uuid: string; readonly id: number; readonly why: 'date' | 'messages' | 'idle' }

export const endedAliases = async (db: Database, now: Date, limit: number): Promise<readonly Ended[]> => {
  const { rows } = await sql<{ id: number; account_id: string; uuid: string; why: Ended['why'] }>`
    select a.id, a.account_id, a.uuid, case when a.ends_at <= ${now} then 'date' when a.ends_left = 0 then 'messages' else 'idle' end as why
    from aliases a join alias_counts c on c.alias_id = a.id
    where a.state = 'active' and (a.ends_at is not null or a.ends_left = 0 or a.ends_idle_days is not null)
      and (a.ends_at <= ${now} or a.ends_left = 0
        or greatest(c.last_message_at, a.ends_idle_since) <= ${now}::timestamptz - make_interval(days => a.ends_idle_days))
    order by a.id limit ${limit}`.execute(db)
  return rows.map((row) => ({ id: row.id, accountId: row.account_id, uuid: row.uuid, why: row.why }))
}
