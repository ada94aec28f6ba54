// An account goes, with all it has: aliases some at a time, because there may be a hundred thousand, and then the rest at once.
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { forgetUnusedMessages } from './messages.ts'

/** Deletes some aliases with their mail; `hashOf` keeps their addresses from being given out again. Returns how many went. */
export const deleteSomeAliases = async (tx: Tx, accountId: string, limit: number, hashOf: (address: string) => Buffer): Promise<number> => {
  const aliases = await tx.selectFrom('aliases').select(['id', 'address', 'system']).where('account_id', '=', accountId).orderBy('id').limit(limit)
    .forUpdate().execute()
  if (aliases.length === 0) return 0
  const ids = aliases.map((alias) => alias.id)
  const queued = await tx.deleteFrom('deliveries').where('alias_id', 'in', ids).returning('message_id').execute()
  const held = await tx.deleteFrom('held').where('alias_id', 'in', ids).returning('message_id').execute()
  await forgetUnusedMessages(tx, [...new Set([...queued, ...held].flatMap((row) => row.message_id ?? []))])
  // postmaster and abuse go to another operator.
  const retired = aliases.filter((alias) => !alias.system).map((alias) => hashOf(alias.address))
  await sql`insert into retired_addresses (address_hash) select * from unnest(${retired}::bytea[]) on conflict do nothing`.execute(tx)
  await tx.deleteFrom('aliases').where('id', 'in', ids).execute()
  return ids.length
}

/** What is left of an account that has no aliases: it takes its sessions, keys, inboxes, settings and activity along. */
export const deleteAccountRow = async (tx: Tx, accountId: string): Promise<void> => {
  await tx.deleteFrom('apikey').where('referenceId', '=', accountId).execute()
  await tx.updateTable('account_settings').set({ default_inbox_id: null }).where('account_id', '=', accountId).execute()
  await tx.deleteFrom('user').where('id', '=', accountId).execute()
}

/** Its deletion is due, and nobody has called it off meanwhile. Holds the row to the end of the transaction. */
export const isToDelete = async (tx: Tx, accountId: string, now: Date): Promise<boolean> =>
  await tx.selectFrom('account_settings').select('account_id').where('account_id', '=', accountId).where('delete_at', '<=', now).forUpdate()
    .executeTakeFirst() !== undefined

/** By its owner. A deletion that was under way, and a suspension, stay as they are. */
export const leave = async (tx: Tx, accountId: string, now: Date, deleteAt: Date): Promise<void> => {
  await tx.updateTable('account_settings').set({ suspended_at: sql`coalesce(suspended_at, ${now})`, delete_at: deleteAt, left_at: now })
    .where('account_id', '=', accountId).where('delete_at', 'is', null).execute()
}

/** A suspension from before stays. False: its owner did not delete it. */
export const stay = async (tx: Tx, accountId: string): Promise<boolean> => {
  const { numUpdatedRows } = await tx.updateTable('account_settings')
    .set({ suspended_at: sql`case when suspended_at < left_at then suspended_at end`, delete_at: null, left_at: null })
    .where('account_id', '=', accountId).where('left_at', 'is not', null).executeTakeFirst()
  return numUpdatedRows > 0n
}

export const hasAliases = async (db: Database | Tx, accountId: string): Promise<boolean> =>
  await db.selectFrom('aliases').select('id').where('account_id', '=', accountId).limit(1).executeTakeFirst() !== undefined
