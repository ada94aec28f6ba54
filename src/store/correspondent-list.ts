// Reading the correspondents, and what the owner says of them: who wrote to an alias, or to any alias of an account, newest first.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import { lowerCased } from '../mail/address.ts'
import type { Database, Tx } from './database.ts'
import type { Keys } from './secret.ts'
import { isUuid } from './uuid.ts'

export type Correspondent = {
  readonly id: string
  readonly cursor: string
  readonly aliasId: number
  readonly aliasUuid: string
  readonly alias: string
  readonly address: Mailbox
  /** As the owner calls it. */
  readonly name: string | null
  readonly reverseLocalPart: string
  readonly firstAt: Date
  /** To the day. */
  readonly lastUsedAt: Date
  /** At this alias. */
  readonly blockedAt: Date | null
  /** The alias was not given to it. */
  readonly stranger: boolean
}
type Query = { readonly accountId: string; readonly aliasUuid?: string | undefined; readonly limit: number; readonly before?: string | undefined }

export const selectCorrespondents = (db: Database, accountId: string) => db.selectFrom('correspondents as c').innerJoin('aliases as a', 'a.id', 'c.alias_id')
  .select([
    'c.id', 'c.uuid', 'a.id as alias_id', 'a.uuid as alias_uuid', 'a.address as alias', 'c.address_encrypted', 'c.name', 'c.reverse_local_part', 'c.created_at',
    'c.last_used_at', 'c.blocked_at',
    sql<boolean>`exists (select 1 from senders w where w.alias_id = c.alias_id and w.address_hash = c.address_hash and w.stranger)`.as('stranger'),
  ]).where('c.account_id', '=', accountId)
export type CorrespondentRow = Awaited<ReturnType<ReturnType<typeof selectCorrespondents>['executeTakeFirstOrThrow']>>

export const correspondentOf = (keys: Pick<Keys, 'decrypt'>) => (row: CorrespondentRow): Correspondent => ({
  id: row.uuid, cursor: row.id, aliasId: row.alias_id, aliasUuid: row.alias_uuid, alias: row.alias, address: keys.decrypt(row.address_encrypted) as Mailbox,
  name: row.name, reverseLocalPart: row.reverse_local_part, firstAt: row.created_at, lastUsedAt: row.last_used_at, blockedAt: row.blocked_at,
  stranger: row.stranger,
})

export const listCorrespondents = async (db: Database, keys: Pick<Keys, 'decrypt'>, query: Query): Promise<readonly Correspondent[]> => {
  let select = selectCorrespondents(db, query.accountId)
  if (query.aliasUuid !== undefined) select = select.where('a.uuid', '=', query.aliasUuid)
  if (query.before !== undefined) select = select.where('c.id', '<', query.before)
  return (await select.orderBy('c.id', 'desc').limit(query.limit).execute()).map(correspondentOf(keys))
}

export const correspondentByUuid = async (
  db: Database, keys: Pick<Keys, 'decrypt'>, accountId: string, uuid: string,
): Promise<Correspondent | undefined> => {
  if (!isUuid(uuid)) return undefined
  const row = await selectCorrespondents(db, accountId).where('c.uuid', '=', uuid).executeTakeFirst()
  return row && correspondentOf(keys)(row)
}

export const correspondentByAddress = async (
  db: Database, keys: Pick<Keys, 'decrypt' | 'hash'>, alias: { readonly id: number; readonly uuid: string; readonly accountId: string }, address: Mailbox,
): Promise<Correspondent | undefined> => {
  const row = await selectCorrespondents(db, alias.accountId)
    .where('c.alias_id', '=', alias.id).where('c.address_hash', '=', keys.hash('correspondent', alias.uuid, lowerCased(address))).executeTakeFirst()
  return row && correspondentOf(keys)(row)
}

export type CorrespondentChange = { readonly name?: string | null; readonly blockedAt?: Date | null }

/** A block that stands keeps its time. */
export const changeCorrespondent = async (tx: Tx | Database, uuid: string, change: CorrespondentChange): Promise<void> => {
  const set = {
    ...(change.name !== undefined && { name: change.name }),
    ...(change.blockedAt !== undefined && { blocked_at: change.blockedAt === null ? null : sql<Date>`coalesce(blocked_at, ${change.blockedAt})` }),
  }
  if (Object.keys(set).length > 0) await tx.updateTable('correspondents').set(set).where('uuid', '=', uuid).execute()
}
