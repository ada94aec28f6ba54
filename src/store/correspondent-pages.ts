// Correspondents as SimpleLogin's clients see them: by the page, each with an integer that it gets when it is first seen.
import { sql } from 'kysely'
import { lowerCased, type Mailbox } from '../mail/address.ts'
import { correspondentOf, selectCorrespondents, type Correspondent } from './correspondent-list.ts'
import type { Database } from './database.ts'
import type { Keys } from './secret.ts'

export type Numbered = { readonly number: number; readonly correspondent: Correspondent }
type Page = { readonly accountId: string; readonly aliasId: number; readonly offset: number; readonly limit: number }

/** Newest first; those that were hidden since they were last used are left out. */
export const correspondentPage = async (db: Database, keys: Pick<Keys, 'decrypt'>, page: Page): Promise<readonly Numbered[]> => {
  const rows = await selectCorrespondents(db, page.accountId).where('c.alias_id', '=', page.aliasId)
    .where((eb) => eb.or([eb('c.hidden_at', 'is', null), eb('c.hidden_at', '<', eb.ref('c.last_used_at'))]))
    .orderBy('c.id', 'desc').offset(page.offset).limit(page.limit).execute()
  return numbered(db, rows.map(correspondentOf(keys)))
}

export const correspondentByNumber = async (
  db: Database, keys: Pick<Keys, 'decrypt'>, accountId: string, number: number,
): Promise<Correspondent | undefined> => {
  const row = await selectCorrespondents(db, accountId).where('c.number', '=', number).executeTakeFirst()
  return row && correspondentOf(keys)(row)
}

export const numbered = async (db: Database, all: readonly Correspondent[]): Promise<readonly Numbered[]> => {
  if (all.length === 0) return []
  const uuids = all.map(({ id }) => id)
  await db.updateTable('correspondents').set({ number: sql<number>`nextval('correspondent_numbers')` })
    .where('uuid', 'in', uuids).where('number', 'is', null).execute()
  const rows = await db.selectFrom('correspondents').select(['uuid', 'number']).where('uuid', 'in', uuids).execute()
  const numbers = new Map(rows.map(({ uuid, number }) => [uuid, number]))
  return all.flatMap((correspondent) => {
    const number = numbers.get(correspondent.id)
    return number ? [{ number, correspondent }] : []
  })
}

export const setHidden = async (db: Database, uuid: string, at: Date | null): Promise<void> => {
  await db.updateTable('correspondents').set({ hidden_at: at }).where('uuid', '=', uuid).execute()
}

type Pair = { readonly alias: { readonly id: number; readonly uuid: string }; readonly address: Mailbox }

/** Those of the pairs that are known. */
export const correspondentsOfPairs = async (
  db: Database, keys: Pick<Keys, 'decrypt' | 'hash'>, accountId: string, pairs: readonly Pair[],
): Promise<readonly Correspondent[]> => {
  if (pairs.length === 0) return []
  const rows = await selectCorrespondents(db, accountId)
    .where(sql<boolean>`(c.alias_id, c.address_hash) in (select * from unnest(
      ${pairs.map(({ alias }) => alias.id)}::int[],
      ${pairs.map(({ alias, address }) => keys.hash('correspondent', alias.uuid, lowerCased(address)))}::bytea[]))`).execute()
  return rows.map(correspondentOf(keys))
}
