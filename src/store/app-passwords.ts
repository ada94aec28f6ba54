// App passwords: what a mail program signs in with on the submission port. Of one alias, or of all of an account's; kept as keyed hashes.
import type { Database, Tx } from './database.ts'

export type AppPassword = {
  readonly uuid: string
  readonly name: string
  readonly aliasUuid: string | null
  /** Null: any alias of the account. */
  readonly alias: string | null
  readonly createdAt: Date
  /** To the minute. */
  readonly lastUsedAt: Date | null
}

const appPasswords = (db: Database, accountId: string) => db.selectFrom('app_passwords as p').leftJoin('aliases as a', 'a.id', 'p.alias_id')
  .select(['p.uuid', 'p.name', 'a.uuid as alias_uuid', 'a.address as alias', 'p.created_at', 'p.last_used_at']).where('p.account_id', '=', accountId)
type Row = Awaited<ReturnType<ReturnType<typeof appPasswords>['executeTakeFirstOrThrow']>>

const appPasswordOf = (row: Row): AppPassword => ({
  uuid: row.uuid, name: row.name, aliasUuid: row.alias_uuid, alias: row.alias, createdAt: row.created_at, lastUsedAt: row.last_used_at,
})

export const appPasswordsOf = async (db: Database, accountId: string): Promise<readonly AppPassword[]> =>
  (await appPasswords(db, accountId).orderBy('p.id', 'desc').execute()).map(appPasswordOf)

export const insertAppPassword = async (
  tx: Tx | Database, made: { readonly accountId: string; readonly aliasId: number | null; readonly name: string; readonly hash: Buffer; readonly now: Date },
): Promise<AppPassword> => {
  const { uuid } = await tx.insertInto('app_passwords').values({
    account_id: made.accountId, alias_id: made.aliasId, name: made.name, secret_hash: made.hash, created_at: made.now,
  }).returning('uuid').executeTakeFirstOrThrow()
  return appPasswordOf(await appPasswords(tx, made.accountId).where('p.uuid', '=', uuid).executeTakeFirstOrThrow())
}

/** Whether there was one to revoke. */
export const deleteAppPassword = async (db: Database, accountId: string, uuid: string): Promise<boolean> => {
  const { numDeletedRows } = await db.deleteFrom('app_passwords').where('account_id', '=', accountId).where('uuid', '=', uuid).executeTakeFirst()
  return numDeletedRows > 0n
}

const TO_THE_MINUTE_MS = 60_000

/** The password of this hash, when it is one for this alias; its use is noted, at most once a minute. */
export const useAppPassword = async (
  db: Database, hash: Buffer, alias: { readonly id: number; readonly accountId: string }, now: Date,
): Promise<boolean> => {
  const row = await db.selectFrom('app_passwords').select(['id', 'last_used_at']).where('secret_hash', '=', hash).where('account_id', '=', alias.accountId)
    .where((eb) => eb.or([eb('alias_id', 'is', null), eb('alias_id', '=', alias.id)])).executeTakeFirst()
  if (!row) return false
  if (!row.last_used_at || now.getTime() - row.last_used_at.getTime() >= TO_THE_MINUTE_MS) {
    await db.updateTable('app_passwords').set({ last_used_at: now }).where('id', '=', row.id).execute()
  }
  return true
}
