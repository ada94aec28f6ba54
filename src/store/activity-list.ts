// Reading the activity: what happened to an account's mail, newest first.
import { checksOf, type Checks } from '../policy/checks.ts'
import type { Database } from './database.ts'

export type ActivityLine = {
  readonly id: string
  readonly at: Date
  readonly kind: string
  /** The same for all lines of one message's way to one inbox. */
  readonly deliveryId: string | null
  readonly aliasId: string | null
  readonly aliasAddress: string | null
  readonly reason: string | null
  readonly sender: string | null
  readonly reply: string | null
  readonly size: number | null
  readonly checks: Checks
  /** See activity. */
  readonly thread: string | null
}
export type ActivityQuery = {
  readonly accountId: string
  readonly aliasId?: number
  readonly limit: number
  readonly before?: string
  readonly kinds?: readonly string[]
  /** So many lines from the newest are left out. */
  readonly skip?: number
}

export const listActivity = async (
  db: Database, query: ActivityQuery,
): Promise<{ readonly items: readonly ActivityLine[]; readonly next: string | null }> => {
  let select = db.selectFrom('activity as a').leftJoin('aliases', 'aliases.id', 'a.alias_id')
    .select(['a.id', 'a.at', 'a.kind', 'a.delivery_id', 'aliases.uuid', 'aliases.address', 'a.alias_address', 'a.reason', 'a.sender', 'a.reply', 'a.size',
      'a.authentication', 'a.thread'])
    .where('a.account_id', '=', query.accountId)
  if (query.aliasId !== undefined) select = select.where('a.alias_id', '=', query.aliasId)
  if (query.kinds !== undefined) select = select.where('a.kind', 'in', query.kinds)
  if (query.skip !== undefined) select = select.offset(query.skip)
  if (query.before !== undefined) select = select.where('a.id', '<', query.before)
  const rows = await select.orderBy('a.id', 'desc').limit(query.limit + 1).execute()
  const page = rows.slice(0, query.limit)
  return {
    items: page.map((row) => ({
      id: row.id, at: row.at, kind: row.kind, deliveryId: row.delivery_id, aliasId: row.uuid,
      aliasAddress: row.address ?? row.alias_address, reason: row.reason,
      sender: row.sender, reply: row.reply, size: row.size === null ? null : Number(row.size),
      checks: checksOf(row.authentication), thread: row.thread,
    })),
    next: rows.length > query.limit ? page.at(-1)!.id : null,
  }
}
