// Reading the correspondents: who wrote to an alias, or to any alias of an account, newest first.
import type { Mailbox } from '../mail/address.ts'
import type { Database } from './database.ts'
import type { Keys } from './secret.ts'

export type Correspondent = {
  readonly id: string
  readonly cursor: string
  readonly aliasUuid: string
  readonly alias: string
  readonly address: Mailbox
  readonly reverseLocalPart: string
  readonly firstAt: Date
}
type Query = { readonly accountId: string; readonly aliasUuid?: string | undefined; readonly limit: number; readonly before?: string | undefined }

export const listCorrespondents = async (db: Database, keys: Pick<Keys, 'decrypt'>, query: Query): Promise<readonly Correspondent[]> => {
  let select = db.selectFrom('correspondents as c').innerJoin('aliases as a', 'a.id', 'c.alias_id')
    .select(['c.id', 'c.uuid', 'a.uuid as alias_uuid', 'a.address as alias', 'c.address_encrypted', 'c.reverse_local_part', 'c.created_at'])
    .where('a.account_id', '=', query.accountId)
  if (query.aliasUuid !== undefined) select = select.where('a.uuid', '=', query.aliasUuid)
  if (query.before !== undefined) select = select.where('c.id', '<', query.before)
  const rows = await select.orderBy('c.id', 'desc').limit(query.limit).execute()
  return rows.map((row) => ({
    id: row.uuid, cursor: row.id, aliasUuid: row.alias_uuid, alias: row.alias, address: keys.decrypt(row.address_encrypted) as Mailbox,
    reverseLocalPart: row.reverse_local_part, firstAt: row.created_at,
  }))
}
