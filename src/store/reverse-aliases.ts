// From a reverse alias, or from an alias and an address, to the correspondent behind it.
import { sql } from 'kysely'
import { lowerCased, type Mailbox } from '../mail/address.ts'
import type { CorrespondentFact } from '../policy/decide.ts'
import type { Database, Tx } from './database.ts'
import { joined } from './joined.ts'
import type { Keys } from './secret.ts'

type Decrypt = Pick<Keys, 'decrypt'>

const select = (db: Database | Tx) => db.selectFrom('correspondents')
  .select(['id', 'alias_id', 'address_encrypted', 'reverse_local_part', 'last_used_at', 'written_at', 'name'])
type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

const factOf = (row: Row, { decrypt }: Decrypt): CorrespondentFact => ({
  id: row.id, aliasId: row.alias_id, address: decrypt(row.address_encrypted) as Mailbox, name: row.name ?? '', reverseLocalPart: row.reverse_local_part,
  lastUsedAt: row.last_used_at, writtenAt: row.written_at,
})

/** Of those that exist, in any order. `localParts` in lower case. */
export const findReverseAliases = async (db: Database, keys: Decrypt, localParts: readonly string[]): Promise<readonly CorrespondentFact[]> => {
  const rows = await Promise.all(localParts.map((localPart) => rowOf(db, localPart)))
  return rows.flatMap((row) => (row ? [factOf(row, keys)] : []))
}

const rowOf = joined(async (db, localParts: readonly string[]): Promise<readonly (Row | undefined)[]> => {
  const found = await select(db).where(sql<boolean>`reverse_local_part = any(${localParts}::text[])`).execute()
  const rows = new Map(found.map((row) => [row.reverse_local_part, row]))
  return localParts.map((localPart) => rows.get(localPart))
})

export const correspondentById = async (db: Database | Tx, keys: Decrypt, id: string): Promise<CorrespondentFact | undefined> => {
  const row = await select(db).where('id', '=', id).executeTakeFirst()
  return row && factOf(row, keys)
}

/** They are written to now. `written_at` stays what it was the first time. */
export const markWritten = async (db: Database, ids: readonly string[], at: Date): Promise<void> => {
  await sql`update correspondents set last_used_at = ${at}, written_at = coalesce(written_at, ${at}) where id = any(${ids}::bigint[])`.execute(db)
}

/** By the hash of its address. */
export const correspondentOf = async (
  db: Database, keys: Pick<Keys, 'decrypt' | 'hash'>, alias: { readonly id: number; readonly uuid: string }, address: Mailbox,
): Promise<CorrespondentFact | undefined> => {
  const row = await select(db).where('alias_id', '=', alias.id)
    .where('address_hash', '=', keys.hash('correspondent', alias.uuid, lowerCased(address))).executeTakeFirst()
  return row && factOf(row, keys)
}
