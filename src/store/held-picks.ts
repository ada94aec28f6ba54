// Several held messages at once: which of them are meant, a part a call, oldest first.
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { noteEnded, releasable, releasableColumns, type EndedRow, type Releasable } from './holding.ts'
import { isUuid } from './uuid.ts'

export type HeldPick = {
  readonly accountId: string
  readonly uuids?: readonly string[] | undefined
  readonly aliasUuid?: string | undefined
  readonly since?: Date | undefined
  /** `next` of the call before. */
  readonly after?: string | undefined
  readonly limit: number
}

const picked = (db: Database | Tx, pick: HeldPick) => {
  let query = db.selectFrom('held as h').where('h.account_id', '=', pick.accountId).where('h.released_at', 'is', null)
  if (pick.uuids !== undefined) {
    const uuids = pick.uuids.filter(isUuid)
    query = uuids.length > 0 ? query.where('h.uuid', 'in', uuids) : query.where(sql<boolean>`false`)
  }
  const { aliasUuid } = pick
  if (aliasUuid !== undefined) {
    query = isUuid(aliasUuid) ? query.where('h.alias_id', 'in', (eb) => eb.selectFrom('aliases').select('aliases.id').where('aliases.uuid', '=', aliasUuid))
      : query.where(sql<boolean>`false`)
  }
  if (pick.since !== undefined) query = query.where('h.held_at', '>=', pick.since)
  return pick.after === undefined ? query : query.where('h.id', '>', pick.after)
}

/** Replies that would reveal an inbox are looked at and left out: each of them is released by itself. */
export const heldToRelease = async (tx: Tx, pick: HeldPick) => {
  const rows = await picked(tx, pick).select(['h.id', 'h.alias_id', 'h.reason']).orderBy('h.id').limit(pick.limit).execute()
  const next = rows.length < pick.limit ? null : rows.at(-1)!.id
  const byAlias = Map.groupBy(rows.filter(({ reason }) => reason !== 'would-reveal'), (row) => row.alias_id)
  const remaining = next === null ? 0
    : Number((await picked(tx, { ...pick, after: next }).select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow()).n)
  return { looked: rows.length, byAlias: new Map([...byAlias].map(([id, all]) => [id, all.map((row) => row.id)])), next, remaining }
}

/** Of two concurrent calls one gets each row. */
export const markReleasedByIds = async (tx: Tx, at: Date, ids: readonly string[]): Promise<readonly Releasable[]> => {
  const rows = await tx.updateTable('held').set({ released_at: at }).where('id', 'in', [...ids]).where('released_at', 'is', null)
    .returning(releasableColumns).execute()
  return rows.map(releasable)
}

/** Throws them away, with a line in the activity for each; returns how many there were. */
export const deletePicked = async (tx: Tx, pick: HeldPick, at: Date): Promise<number> => {
  const ids = (await picked(tx, pick).select('h.id').orderBy('h.id').limit(pick.limit).execute()).map((row) => row.id)
  const { rows } = await sql<EndedRow>`
    delete from held h using messages m, aliases a
    where h.id = any(${ids}::bigint[]) and h.released_at is null and m.id = h.message_id and a.id = h.alias_id
    returning h.account_id, h.alias_id, a.address, h.message_id, h.size, h.reason, m.from_text`.execute(tx)
  await noteEnded(tx, rows, 'deleted', at)
  return rows.length
}

/** Marks them as read or unread; returns how many there were. */
export const markPicked = async (db: Database, pick: HeldPick, readAt: Date | null): Promise<number> => {
  const ids = (await picked(db, pick).select('h.id').limit(pick.limit).execute()).map((row) => row.id)
  if (ids.length === 0) return 0
  const { numUpdatedRows } = await db.updateTable('held').set({ read_at: readAt }).where('id', 'in', ids).executeTakeFirst()
  return Number(numUpdatedRows)
}
