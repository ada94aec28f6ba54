// The holding mailbox. A held row lives until its owner releases or deletes it, it lapses, or it gives way to the quota.
// A released row stays as a mark until its retention ends, so that releasing twice is not an error and delivers once.

import { sql, type Selectable } from 'kysely'
import type { HoldReason } from '../policy/decide.ts'
import type { Find } from '../policy/leak.ts'
import type { HoldingUse } from '../policy/retention.ts'
import { insertActivity, type ActivityLine } from './activity.ts'
import type { Database, Tx } from './database.ts'
import type { DB } from './tables.ts'
import { forgetUnusedMessages, readMessage } from './messages.ts'

export type NewHeld = {
  readonly accountId: string
  readonly aliasId: number
  readonly messageId: string
  /** Set when one inbox of several refused it. */
  readonly inboxId: string | null
  readonly reason: HoldReason
  readonly reasonText: string
  readonly at: Date
  /** The burn that held it; exactly for reason 'burned'. */
  readonly burnedAt: Date | null
  readonly size: number
  readonly authenticated: boolean
  /** Of a held reply; else it came in. */
  readonly out?: { readonly correspondentIds: readonly string[]; readonly finds?: readonly Find[] }
}

export type HeldLine = {
  readonly id: string
  readonly cursor: string
  readonly aliasUuid: string
  readonly aliasId: number
  readonly alias: string
  readonly messageId: string
  readonly receivedAt: Date
  readonly heldAt: Date
  readonly from: string
  readonly subject: string
  readonly size: number
  readonly direction: 'in' | 'out'
  readonly reason: HoldReason
  readonly reasonText: string
  readonly readAt: Date | null
  /** As MessageFacts has it. */
  readonly authentication: string
  readonly spamScore: number | null
  /** Of a reply that would reveal its owner. */
  readonly finds: readonly Find[]
}

/** Returns the id that its owner knows it by. */
export const insertHeld = async (tx: Tx, held: NewHeld): Promise<string> => {
  const { id, uuid } = await tx.insertInto('held').values({
    account_id: held.accountId, alias_id: held.aliasId, message_id: held.messageId, inbox_id: held.inboxId, direction: held.out ? 'out' : 'in',
    reason: held.reason, reason_text: held.reasonText, held_at: held.at, burned_at: held.burnedAt, size: held.size, authenticated: held.authenticated,
    finds: held.out?.finds ? JSON.stringify(held.out.finds) : null,
  }).returning(['id', 'uuid']).executeTakeFirstOrThrow()
  const to = held.out?.correspondentIds ?? []
  if (to.length > 0) await tx.insertInto('held_recipients').values(to.map((one) => ({ held_id: id, correspondent_id: one }))).execute()
  return uuid
}

/** Puts a released message back: its delivery was refused or expired again. Undefined: the mark is gone, hold it anew. */
export const holdAgain = async (
  tx: Tx, heldId: string, again: Pick<NewHeld, 'reason' | 'reasonText' | 'at' | 'messageId' | 'inboxId' | 'burnedAt'>,
): Promise<string | undefined> => {
  const row = await tx.updateTable('held')
    .set({
      released_at: null, reason: again.reason, reason_text: again.reasonText, held_at: again.at, burned_at: again.burnedAt,
      message_id: again.messageId, inbox_id: again.inboxId,
    })
    .where('id', '=', heldId).where('released_at', 'is not', null).returning('uuid').executeTakeFirst()
  return row?.uuid
}

export const holdingUse = async (db: Database | Tx, accountId: string): Promise<HoldingUse> => {
  const { rows: [row] } = await sql<{ quota: string; total: string; burned: string; refused: string }>`
    select s.held_bytes as quota, coalesce(sum(h.size), 0) as total,
      coalesce(sum(h.size) filter (where h.reason = 'burned'), 0) as burned,
      coalesce(sum(h.size) filter (where h.reason = 'refused' and not h.authenticated), 0) as refused
    from account_settings s left join held h on h.account_id = s.account_id and h.released_at is null
    where s.account_id = ${accountId} group by s.account_id`.execute(db)
  return { quota: Number(row?.quota ?? 0), total: Number(row?.total ?? 0), burned: Number(row?.burned ?? 0), refusedUnauthenticated: Number(row?.refused ?? 0) }
}

/** Lets go the oldest burn-held mail, first of this alias, then of the account, until `bytes` are free. Each leaves a line. */
export const letGoOldest = async (tx: Tx, accountId: string, aliasId: number, bytes: number, at: Date): Promise<void> => {
  if (bytes <= 0) return
  const { rows } = await sql<EndedRow>`
    with ranked as (
      select h.id, h.size, sum(h.size) over (order by (h.alias_id = ${aliasId}) desc, h.id) as freed
      from held h where h.account_id = ${accountId} and h.released_at is null and h.reason = 'burned')
    delete from held h using ranked r, messages m, aliases a
    where h.id = r.id and r.freed - r.size < ${bytes} and m.id = h.message_id and a.id = h.alias_id
    returning h.account_id, h.alias_id, a.address, h.message_id, h.size, h.reason, m.from_text`.execute(tx)
  await noteEnded(tx, rows, 'let-go', at)
}

export type EndedRow = { account_id: string; alias_id: number; address: string; message_id: string | null; size: string; reason: string; from_text: string }

export const noteEnded = async (tx: Tx, rows: readonly EndedRow[], kind: ActivityLine['kind'], at: Date): Promise<void> => {
  await insertActivity(tx, rows.map((row) => ({
    at, accountId: row.account_id, aliasId: row.alias_id, aliasAddress: row.address, kind, reason: row.reason, sender: row.from_text, size: Number(row.size),
  })))
  await forgetUnusedMessages(tx, rows.flatMap((row) => row.message_id ?? []))
}

const heldLines = (db: Database | Tx, accountId: string) =>
  db.selectFrom('held as h').innerJoin('messages as m', 'm.id', 'h.message_id').innerJoin('aliases as a', 'a.id', 'h.alias_id')
    .where('h.account_id', '=', accountId).where('h.released_at', 'is', null)
    .select([
      'h.id', 'h.uuid', 'h.alias_id', 'a.uuid as alias_uuid', 'a.address', 'h.message_id', 'm.received_at', 'h.held_at', 'm.from_text',
      'm.subject', 'h.size', 'h.direction', 'h.reason', 'h.reason_text', 'h.read_at', 'm.authentication',
      'm.spam_score', 'h.finds',
    ])

type HeldRow = Awaited<ReturnType<ReturnType<typeof heldLines>['executeTakeFirstOrThrow']>>

const heldLine = (row: HeldRow): HeldLine => ({
  id: row.uuid, cursor: row.id, aliasUuid: row.alias_uuid, aliasId: row.alias_id, alias: row.address, messageId: row.message_id as string,
  receivedAt: row.received_at, heldAt: row.held_at, from: row.from_text, subject: row.subject, size: Number(row.size),
  direction: row.direction as HeldLine['direction'], reason: row.reason as HoldReason, reasonText: row.reason_text, readAt: row.read_at,
  authentication: row.authentication, spamScore: row.spam_score, finds: (row.finds ?? []) as unknown as readonly Find[],
})

/** Newest first; `before` is a cursor of an earlier line. */
export const listHeld = async (
  db: Database, accountId: string, page: {
    readonly aliasUuid?: string | undefined; readonly unread?: boolean | undefined; readonly limit: number; readonly before?: string | undefined
  },
): Promise<readonly HeldLine[]> => {
  let query = heldLines(db, accountId).orderBy('h.id', 'desc').limit(page.limit)
  if (page.aliasUuid !== undefined) query = query.where('a.uuid', '=', page.aliasUuid)
  if (page.unread === true) query = query.where('h.read_at', 'is', null)
  if (page.before !== undefined) query = query.where('h.id', '<', page.before)
  return (await query.execute()).map(heldLine)
}

export const heldById = async (db: Database | Tx, accountId: string, uuid: string): Promise<HeldLine | undefined> => {
  const row = await heldLines(db, accountId).where('h.uuid', '=', uuid).executeTakeFirst()
  return row && heldLine(row)
}

export const markRead = async (db: Database, accountId: string, uuid: string, at: Date): Promise<void> => {
  await db.updateTable('held').set({ read_at: at }).where('account_id', '=', accountId).where('uuid', '=', uuid).where('read_at', 'is', null).execute()
}

/** The original bytes, as they came. */
export const rawHeld = (db: Database, held: HeldLine): AsyncIterable<Buffer> => readMessage(db, held.messageId)

export type Releasable = { readonly id: string; readonly uuid: string; readonly direction: 'in' | 'out' }
  & Pick<NewHeld, 'accountId' | 'aliasId' | 'messageId' | 'inboxId' | 'reason'>

/**
 * Marks held messages as released and returns those that this call marked: of two concurrent calls one gets each row.
 * `since`: what one burn held, or any burn.
 */
export const markReleased = async (
  tx: Tx, at: Date, which: { readonly accountId: string; readonly uuid: string } | { readonly aliasId: number; readonly burnedAt: Date | 'any' },
): Promise<readonly Releasable[]> => {
  let query = tx.updateTable('held').set({ released_at: at }).where('released_at', 'is', null)
  if ('uuid' in which) query = query.where('account_id', '=', which.accountId).where('uuid', '=', which.uuid)
  else {
    query = query.where('alias_id', '=', which.aliasId).where('reason', '=', 'burned')
    if (which.burnedAt !== 'any') query = query.where('burned_at', '=', which.burnedAt)
  }
  return (await query.returning(releasableColumns).execute()).map(releasable)
}

export const releasableColumns = ['id', 'uuid', 'account_id', 'alias_id', 'message_id', 'inbox_id', 'reason', 'direction'] as const

type ReleasableRow = Pick<Selectable<DB['held']>, (typeof releasableColumns)[number]>

export const releasable = (row: ReleasableRow): Releasable => ({
  id: row.id, uuid: row.uuid, accountId: row.account_id, aliasId: row.alias_id, messageId: row.message_id as string, inboxId: row.inbox_id,
  reason: row.reason as HoldReason, direction: row.direction as Releasable['direction'],
})

/** Whom a held reply is for. */
export const heldRecipients = async (db: Database | Tx, heldId: string): Promise<readonly string[]> =>
  (await db.selectFrom('held_recipients').select('correspondent_id').where('held_id', '=', heldId).orderBy('correspondent_id').execute())
    .map((row) => row.correspondent_id)

/** Other bytes for a held reply, before it is released. False: it is not held any more. */
export const replaceHeldBytes = async (tx: Tx, held: Pick<HeldLine, 'id' | 'messageId'>, messageId: string, size: number): Promise<boolean> => {
  const result = await tx.updateTable('held').set({ message_id: messageId, size })
    .where('uuid', '=', held.id).where('message_id', '=', held.messageId).where('released_at', 'is', null).executeTakeFirst()
  await forgetUnusedMessages(tx, [held.messageId, messageId])
  return result.numUpdatedRows === 1n
}

/** Was it released earlier? Then releasing again is no mistake. */
export const wasReleased = async (db: Database | Tx, accountId: string, uuid: string): Promise<boolean> => {
  const row = await db.selectFrom('held').select('id').where('account_id', '=', accountId).where('uuid', '=', uuid).where('released_at', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

/** The bytes went to the inbox: only the mark is kept. */
export const dropReleasedBytes = async (tx: Tx, heldId: string): Promise<void> => {
  await sql`update held h set message_id = null where id = ${heldId} and released_at is not null
    and not exists (select 1 from deliveries d where d.held_id = h.id)`.execute(tx)
}

/** Throws it away, with a line in the activity. False: there is no such held message. */
export const deleteHeld = async (tx: Tx, accountId: string, uuid: string, at: Date): Promise<boolean> => {
  const { rows } = await sql<EndedRow>`
    delete from held h using messages m, aliases a
    where h.account_id = ${accountId} and h.uuid = ${uuid} and h.released_at is null and m.id = h.message_id and a.id = h.alias_id
    returning h.account_id, h.alias_id, a.address, h.message_id, h.size, h.reason, m.from_text`.execute(tx)
  await noteEnded(tx, rows, 'deleted', at)
  return rows.length > 0
}

/** All held mail of an alias that is being forgotten with its mail. */
export const deleteHeldOf = async (tx: Tx, aliasId: number, at: Date): Promise<void> => {
  const { rows } = await sql<EndedRow>`
    delete from held h using aliases a
    where h.alias_id = ${aliasId} and a.id = h.alias_id
    returning h.account_id, h.alias_id, a.address, h.message_id, h.size, h.reason, '' as from_text`.execute(tx)
  await noteEnded(tx, rows, 'deleted', at)
}

/** The marks of mail that was released and delivered: nothing to keep an alias for. */
export const deleteReleasedMarks = async (tx: Tx, aliasId: number): Promise<void> => {
  await sql`delete from held h where alias_id = ${aliasId} and released_at is not null and message_id is null`.execute(tx)
}

/** Lapsed mail (the account's days) and the marks of released mail. A batch a call; returns how many rows went. */
export const lapseHeld = async (tx: Tx, now: Date, batch: number): Promise<number> => {
  const { rows } = await sql<EndedRow & { released: boolean }>`
    with lapsed as (
      select h.id from held h join account_settings s on s.account_id = h.account_id
      where h.held_at <= ${now}::timestamptz - make_interval(days => s.held_days)
        and not exists (select 1 from deliveries d where d.held_id = h.id)
      order by h.id limit ${batch} for update of h skip locked)
    delete from held h using lapsed l, aliases a
    where h.id = l.id and a.id = h.alias_id
    returning h.account_id, h.alias_id, a.address, h.message_id, h.size, h.reason, h.released_at is not null as released,
      coalesce((select m.from_text from messages m where m.id = h.message_id), '') as from_text`.execute(tx)
  await noteEnded(tx, rows.filter((row) => !row.released), 'lapsed', now)
  await forgetUnusedMessages(tx, rows.flatMap((row) => (row.released && row.message_id) || []))
  return rows.length
}
