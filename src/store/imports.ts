// Imports: how far one is, and its report.
import { sql, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import type { DB } from './tables.ts'
import { isUuid } from './uuid.ts'

export type ImportState = 'running' | 'done' | 'stopped' | 'failed'
export type Import = {
  readonly id: string
  readonly format: string
  readonly dryRun: boolean
  readonly state: ImportState
  readonly problem: string | null
  readonly total: number | null
  readonly looked: number
  readonly taken: number
  readonly same: number
  readonly notTaken: number
  /** Inboxes that it made, or would: each waits for its verification. */
  readonly newInboxes: readonly string[]
  readonly startedAt: Date
  readonly finishedAt: Date | null
}
export type Outcome = 'taken' | 'same' | 'not-taken'
export type ReportLine = {
  readonly seq: number
  /** 0: of no line of the list. */
  readonly line: number
  readonly address: string
  readonly outcome: Outcome
  readonly newAddress: string | null
  readonly remark: string | null
}
export type Progress = { readonly looked: number; readonly taken: number; readonly same: number; readonly notTaken: number }

/** A batch takes at most its statements' 8 s: whoever is silent for longer is gone. */
const silentMs = 60_000
const interrupted = 'The server stopped in the middle. Import the file again: what was taken is not made twice.'

/** Undefined: another import of this account is under way. */
export const beginImport = async (
  tx: Tx, one: { readonly accountId: string; readonly format: string; readonly dryRun: boolean; readonly now: Date },
): Promise<string | undefined> => {
  const alive = new Date(one.now.getTime() - silentMs)
  const running = await tx.selectFrom('imports').select('id').where('account_id', '=', one.accountId).where('state', '=', 'running')
    .where('seen_at', '>', alive).executeTakeFirst()
  if (running) return undefined
  const made = await tx.insertInto('imports').values({
    account_id: one.accountId, format: one.format, dry_run: one.dryRun, state: 'running', started_at: one.now, seen_at: one.now,
  }).returning('id').executeTakeFirstOrThrow()
  return made.id
}

export const setImportTotal = async (db: Database, id: string, total: number, now: Date): Promise<void> => {
  await db.updateTable('imports').set({ total, seen_at: now }).where('id', '=', id).execute()
}

export const noteNewInbox = async (db: Database | Tx, id: string, address: string): Promise<void> => {
  await db.updateTable('imports').set({ new_inboxes: sql`array_append(new_inboxes, ${address})` }).where('id', '=', id).execute()
}

/** False: its owner asked to stop, or the import is gone. */
export const noteProgress = async (tx: Tx, id: string, step: Progress, now: Date): Promise<boolean> => {
  const row = await tx.updateTable('imports').set({
    looked: sql`looked + ${step.looked}`, taken: sql`taken + ${step.taken}`, same: sql`same + ${step.same}`, not_taken: sql`not_taken + ${step.notTaken}`,
    seen_at: now,
  }).where('id', '=', id).returning('stop_asked').executeTakeFirst()
  return row !== undefined && !row.stop_asked
}

export const endImport = async (
  db: Database, id: string, end: { readonly state: 'done' | 'stopped' } | { readonly state: 'failed'; readonly problem: string }, now: Date,
): Promise<void> => {
  await db.updateTable('imports').set({
    state: end.state, problem: end.state === 'failed' ? end.problem : null, finished_at: now, seen_at: now,
  }).where('id', '=', id).execute()
}

export const askToStop = async (db: Database, accountId: string, id: string): Promise<void> => {
  await db.updateTable('imports').set({ stop_asked: true }).where('id', '=', id).where('account_id', '=', accountId).where('state', '=', 'running').execute()
}

export const importById = async (db: Database, accountId: string, id: string, now: Date): Promise<Import | undefined> => {
  if (!isUuid(id)) return undefined
  const row = await db.selectFrom('imports').selectAll().where('id', '=', id).where('account_id', '=', accountId).executeTakeFirst()
  return row && importOf(row, now)
}

export const importsOf = async (db: Database, accountId: string, limit: number, now: Date): Promise<readonly Import[]> =>
  (await db.selectFrom('imports').selectAll().where('account_id', '=', accountId).orderBy('started_at', 'desc').limit(limit).execute())
    .map((row) => importOf(row, now))

const importOf = (row: Selectable<DB['imports']>, now: Date): Import => {
  const isSilent = row.state === 'running' && now.getTime() - row.seen_at.getTime() > silentMs
  return {
    id: row.id, format: row.format, dryRun: row.dry_run, state: isSilent ? 'failed' : row.state as ImportState,
    problem: isSilent ? interrupted : row.problem, total: row.total, looked: row.looked, taken: row.taken, same: row.same, notTaken: row.not_taken,
      newInboxes: row.new_inboxes,
    startedAt: row.started_at, finishedAt: isSilent ? row.seen_at : row.finished_at,
  }
}

export const insertReport = async (tx: Tx, importId: string, lines: readonly ReportLine[]): Promise<void> => {
  if (lines.length === 0) return
  const column = <T>(pick: (line: ReportLine) => T): T[] => lines.map(pick)
  await sql`
    insert into import_lines (import_id, seq, line, address, outcome, new_address, remark)
    select ${importId}::uuid, * from unnest(
      ${column((one) => one.seq)}::int[], ${column((one) => one.line)}::int[], ${column((one) => one.address)}::text[],
      ${column((one) => one.outcome)}::text[], ${column((one) => one.newAddress)}::text[], ${column((one) => one.remark)}::text[])`.execute(tx)
}

/** In the order of the file; `after` is the last one of the page before. */
export const reportPage = async (db: Database, importId: string, after: number, limit: number): Promise<readonly ReportLine[]> => {
  const rows = await db.selectFrom('import_lines').selectAll().where('import_id', '=', importId).where('seq', '>', after).orderBy('seq').limit(limit).execute()
  return rows.map((row) => ({
    seq: row.seq, line: row.line, address: row.address, outcome: row.outcome as Outcome, newAddress: row.new_address, remark: row.remark,
  }))
}
