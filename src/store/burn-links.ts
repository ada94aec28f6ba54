// Burn buttons that were pressed, so that each works once and its burn can be undone. The hash of the token alone is kept.

import { createHash } from 'node:crypto'
import type { Database, Tx } from './database.ts'

export type UsedLink = { readonly burnedAt: Date | null; readonly undoneAt: Date | null }

const hashOf = (token: string): Buffer => createHash('sha256').update(token.toLowerCase()).digest()

/** False: it was used before. */
export const useBurnLink = async (tx: Tx, token: string, aliasId: number, at: Date): Promise<boolean> => {
  const row = await tx.insertInto('burn_links').values({ token_hash: hashOf(token), alias_id: aliasId, used_at: at })
    .onConflict((conflict) => conflict.doNothing()).returning('alias_id').executeTakeFirst()
  return row !== undefined
}

export const noteLinkBurned = async (tx: Tx, token: string, burnedAt: Date): Promise<void> => {
  await tx.updateTable('burn_links').set({ burned_at: burnedAt }).where('token_hash', '=', hashOf(token)).execute()
}

export const usedBurnLink = async (db: Database | Tx, token: string): Promise<UsedLink | undefined> => {
  const row = await db.selectFrom('burn_links').select(['burned_at', 'undone_at']).where('token_hash', '=', hashOf(token)).executeTakeFirst()
  return row && { burnedAt: row.burned_at, undoneAt: row.undone_at }
}

/** False: it made no burn, or that one was undone. */
export const noteLinkUndone = async (tx: Tx, token: string, burnedAt: Date, at: Date): Promise<boolean> => {
  const result = await tx.updateTable('burn_links').set({ undone_at: at })
    .where('token_hash', '=', hashOf(token)).where('burned_at', '=', burnedAt).where('undone_at', 'is', null).executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** The links themselves are worth nothing after 60 days. */
export const lapseBurnLinks = async (tx: Tx, now: Date, _batch: number): Promise<number> => {
  await tx.deleteFrom('burn_links').where('used_at', '<=', new Date(now.getTime() - 62 * 86_400_000)).execute()
  return 0
}
