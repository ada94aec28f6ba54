// Whom an account does not want to hear from: at one alias, or at all of them. Addresses are found by their keyed hashes.

import { sql } from 'kysely'
import { domainOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { organisationOf } from '../policy/organisation.ts'
import type { Database, Tx } from './database.ts'
import type { Keys } from './secret.ts'

export type Block = { readonly id: string; readonly cursor: string; readonly address: Mailbox; readonly at: Date }

const hashFor = (keys: Pick<Keys, 'hash'>, accountId: string, address: Mailbox): Buffer => keys.hash('correspondent', accountId, lowerCased(address))

/** `*@shop.example` blocks everybody there, and below it: the names under which a block of this address may stand. */
export const wholeDomain = (domain: string): Mailbox => `*@${domain}` as Mailbox

const wholeDomains = (address: Mailbox): readonly Mailbox[] => {
  const domain = domainOf(address)
  const organisation = organisationOf(domain)
  const labels = domain.split('.')
  const above = labels.map((_, n) => labels.slice(n).join('.'))
  return above.slice(0, Math.max(1, above.indexOf(organisation) + 1)).map(wholeDomain)
}

/** Which of the aliases do not want mail of this address. */
export const aliasesBlocking = async (
  db: Database, keys: Pick<Keys, 'hash'>, aliases: readonly { readonly id: number; readonly uuid: string; readonly accountId: string }[], from: Mailbox,
): Promise<ReadonlySet<number>> => {
  if (aliases.length === 0) return new Set()
  const address = lowerCased(from)
  const asked = aliases.flatMap((alias) => [address, ...wholeDomains(address)].map((name) => ({ ...alias, name })))
  const { rows } = await sql<{ id: number }>`
    select distinct q.id from unnest(${asked.map(({ id }) => id)}::int[], ${asked.map(({ uuid }) => keys.hash('correspondent', uuid, address))}::bytea[],
      ${asked.map(({ accountId }) => accountId)}::text[], ${asked.map(({ accountId, name }) => hashFor(keys, accountId, name))}::bytea[])
      q(id, hash, account_id, account_hash)
    where exists (select 1 from correspondents c where c.alias_id = q.id and c.address_hash = q.hash and c.blocked_at is not null)
       or exists (select 1 from account_blocks b where b.account_id = q.account_id and b.address_hash = q.account_hash)`.execute(db)
  return new Set(rows.map(({ id }) => id))
}

/** Again changes nothing. */
export const blockForAccount = async (
  tx: Tx | Database, keys: Pick<Keys, 'hash' | 'encrypt'>, accountId: string, address: Mailbox, now: Date,
): Promise<void> => {
  await tx.insertInto('account_blocks').values({
    account_id: accountId, address_hash: hashFor(keys, accountId, address), address_encrypted: keys.encrypt(lowerCased(address)), created_at: now,
  }).onConflict((conflict) => conflict.columns(['account_id', 'address_hash']).doNothing()).execute()
}

export const unblockForAccount = async (tx: Tx | Database, keys: Pick<Keys, 'hash'>, accountId: string, address: Mailbox): Promise<void> => {
  await tx.deleteFrom('account_blocks').where('account_id', '=', accountId).where('address_hash', '=', hashFor(keys, accountId, address)).execute()
}

export const blockOf = async (db: Database, keys: Pick<Keys, 'hash' | 'decrypt'>, accountId: string, address: Mailbox): Promise<Block | undefined> => {
  const row = await db.selectFrom('account_blocks').selectAll().where('account_id', '=', accountId)
    .where('address_hash', '=', hashFor(keys, accountId, address)).executeTakeFirst()
  return row && { id: row.uuid, cursor: row.id, address: keys.decrypt(row.address_encrypted) as Mailbox, at: row.created_at }
}

export const blocksOf = async (
  db: Database, keys: Pick<Keys, 'decrypt'>, query: { readonly accountId: string; readonly limit: number; readonly before?: string | undefined },
): Promise<readonly Block[]> => {
  let select = db.selectFrom('account_blocks').select(['id', 'uuid', 'address_encrypted', 'created_at']).where('account_id', '=', query.accountId)
  if (query.before !== undefined) select = select.where('id', '<', query.before)
  const rows = await select.orderBy('id', 'desc').limit(query.limit).execute()
  return rows.map((row) => ({ id: row.uuid, cursor: row.id, address: keys.decrypt(row.address_encrypted) as Mailbox, at: row.created_at }))
}

/** Whether there was one. */
export const deleteBlock = async (db: Database, accountId: string, uuid: string): Promise<boolean> => {
  const { numDeletedRows } = await db.deleteFrom('account_blocks').where('account_id', '=', accountId).where('uuid', '=', uuid).executeTakeFirst()
  return numDeletedRows > 0n
}

/** Which of the addresses the account blocks at all of its aliases. */
export const blockedAmong = async (
  db: Database, keys: Pick<Keys, 'hash'>, accountId: string, addresses: readonly Mailbox[],
): Promise<ReadonlySet<Mailbox>> => {
  const any = await db.selectFrom('account_blocks').select('id').where('account_id', '=', accountId).limit(1).executeTakeFirst()
  if (!any || addresses.length === 0) return new Set()
  const byHash = new Map(addresses.map((address) => [hashFor(keys, accountId, address).toString('hex'), address]))
  const rows = await db.selectFrom('account_blocks').select('address_hash').where('account_id', '=', accountId)
    .where('address_hash', 'in', [...byHash.keys()].map((hash) => Buffer.from(hash, 'hex'))).execute()
  return new Set(rows.map((row) => byHash.get(row.address_hash.toString('hex'))!))
}
