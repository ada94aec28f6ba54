// Calls that may be retried: the key that a client gave names the alias that was made for it, for a day (RELIABILITY L21).
import { createHash } from 'node:crypto'
import type { Tx } from './database.ts'

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest()

/**
 * The UUID of the alias that this key made; undefined: the key is this transaction's from now on. Who comes second waits for the first to commit.
 */
export const takeIdempotencyKey = async (tx: Tx, accountId: string, key: string, at: Date): Promise<string | undefined> => {
  const taken = await tx.insertInto('idempotency_keys').values({ account_id: accountId, key_hash: hashOf(key), at })
    .onConflict((conflict) => conflict.doNothing()).returning('at').executeTakeFirst()
  if (taken) return undefined
  const made = await tx.selectFrom('idempotency_keys as k').innerJoin('aliases as a', 'a.id', 'k.alias_id').select('a.uuid')
    .where('k.account_id', '=', accountId).where('k.key_hash', '=', hashOf(key)).executeTakeFirst()
  return made?.uuid
}

export const keepIdempotencyKey = async (tx: Tx, accountId: string, key: string, aliasId: number): Promise<void> => {
  await tx.updateTable('idempotency_keys').set({ alias_id: aliasId }).where('account_id', '=', accountId).where('key_hash', '=', hashOf(key)).execute()
}
