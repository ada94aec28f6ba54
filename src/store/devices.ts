// The browsers that somebody signed in with: a random cookie each, kept as its SHA-256.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Whether the account that signs in with this address knows the device. */
export const isKnownDevice = async (db: Database, email: string, token: string): Promise<boolean> =>
  await db.selectFrom('devices').innerJoin('user', 'user.id', 'devices.account_id').select('account_id')
    .where('token_hash', '=', hashOf(token)).where('user.email', '=', email).executeTakeFirst() !== undefined

/** Notes that somebody signed in with it. `first`: the account had none yet. */
export const noteDevice = async (tx: Tx, accountId: string, token: string, now: Date): Promise<'first' | 'new' | 'known'> => {
  const { rows: [row] } = await sql<{ known: boolean; others: boolean }>`
    with before as (select token_hash from devices where account_id = ${accountId}),
    noted as (
      insert into devices (account_id, token_hash, first_seen_at, last_seen_at) values (${accountId}, ${hashOf(token)}, ${now}, ${now})
      on conflict (account_id, token_hash) do update set last_seen_at = excluded.last_seen_at)
    select exists (select 1 from before where token_hash = ${hashOf(token)}) as known, exists (select 1 from before) as others`.execute(tx)
  if (row!.known) return 'known'
  return row!.others ? 'new' : 'first'
}
