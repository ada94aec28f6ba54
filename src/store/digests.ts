// The digest of holding: whose turn it is, and what was held since the latest one.

import { sql } from 'kysely'
import type { DigestEvery, HeldFact } from '../policy/digest.ts'
import type { Database, Tx } from './database.ts'

/** Accounts whose day or week is over. Who was never looked at begins now. */
export const accountsWithDigest = async (db: Database, now: Date, limit: number): Promise<readonly string[]> => {
  await sql`update account_settings set digest_at = ${now} where digest_at is null`.execute(db)
  const { rows } = await sql<{ account_id: string }>`
    select account_id from account_settings where suspended_at is null
      and digest_at <= ${now}::timestamptz - case digest when 'weekly' then interval '7 days' when 'daily' then interval '1 day' end
    order by digest_at limit ${limit}`.execute(db)
  return rows.map((row) => row.account_id)
}

/** Takes the account's turn; undefined: another process had it, or it is off. `since`: the latest one. */
export const takeDigestTurn = async (tx: Tx, accountId: string, now: Date): Promise<{ readonly every: DigestEvery; readonly since: Date } | undefined> => {
  const row = await tx.selectFrom('account_settings').select(['digest', 'digest_at']).where('account_id', '=', accountId).forUpdate().skipLocked()
    .executeTakeFirst()
  if (!row?.digest_at || row.digest === 'off') return undefined
  await tx.updateTable('account_settings').set({ digest_at: now }).where('account_id', '=', accountId).execute()
  return { every: row.digest as DigestEvery, since: row.digest_at }
}

/** Of more only the number is told. */
const MOST = 1_000

/** The latest, and how many there are in all. */
export const heldSince = async (tx: Tx, accountId: string, since: Date): Promise<{ readonly held: readonly HeldFact[]; readonly count: number }> => {
  const { rows } = await sql<{ id: string; alias_id: number; address: string; company: string; from_text: string; subject: string; count: string }>`
    select count(*) over () as count, h.id, h.alias_id, a.address, coalesce(a.site, a.address) as company, m.from_text, m.subject
    from held h join aliases a on a.id = h.alias_id join messages m on m.id = h.message_id
    where h.account_id = ${accountId} and h.released_at is null and h.direction = 'in' and h.read_at is null and h.held_at > ${since}
    order by h.id desc limit ${MOST}`.execute(tx)
  return {
    count: Number(rows[0]?.count ?? 0),
    held: rows.map((row) => ({ id: row.id, aliasId: row.alias_id, alias: row.address, company: row.company, from: row.from_text, subject: row.subject })),
  }
}

export type HeldByLink = {
  readonly accountId: string
  readonly uuid: string
  readonly alias: string
  readonly from: string
  readonly subject: string
  readonly isHeld: boolean
}

export const heldByNumber = async (db: Database, id: string, aliasId: number): Promise<HeldByLink | undefined> => {
  const row = await db.selectFrom('held as h').innerJoin('aliases as a', 'a.id', 'h.alias_id').leftJoin('messages as m', 'm.id', 'h.message_id')
    .select(['h.account_id', 'h.uuid', 'a.address', 'm.from_text', 'm.subject', 'h.released_at'])
    .where('h.id', '=', id).where('h.alias_id', '=', aliasId).executeTakeFirst()
  return row && {
    accountId: row.account_id, uuid: row.uuid, alias: row.address, from: row.from_text ?? '', subject: row.subject ?? '', isHeld: row.released_at === null,
  }
}

/** Its days begin again, and no digest names it. */
export const keepHeld = async (db: Database, uuid: string, now: Date): Promise<void> => {
  await db.updateTable('held').set({ held_at: now, read_at: now }).where('uuid', '=', uuid).where('released_at', 'is', null).execute()
}

/** Accounts that wait for a code at a burned address, and were told nothing of the kind for an hour. */
export const accountsInAHurry = async (db: Database, since: Date, limit: number): Promise<readonly string[]> => {
  const rows = await db.selectFrom('notices as n').innerJoin('account_settings as s', 's.account_id', 'n.account_id').select('n.account_id').distinct()
    .where('n.told_at', 'is', null).where('n.kind', '=', 'wanted').where('s.suspended_at', 'is', null)
    .where((eb) => eb.or([eb('s.urgent_at', 'is', null), eb('s.urgent_at', '<=', since)])).limit(limit).execute()
  return rows.map((row) => row.account_id)
}

export const takeUrgentTurn = async (tx: Tx, accountId: string, since: Date, now: Date): Promise<{ readonly wanted: boolean } | undefined> => {
  const row = await tx.selectFrom('account_settings').select('notices').where('account_id', '=', accountId)
    .where((eb) => eb.or([eb('urgent_at', 'is', null), eb('urgent_at', '<=', since)])).forUpdate().skipLocked().executeTakeFirst()
  if (!row) return undefined
  await tx.updateTable('account_settings').set({ urgent_at: now }).where('account_id', '=', accountId).execute()
  return { wanted: row.notices }
}
