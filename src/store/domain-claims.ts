// Domains of accounts: claimed by a name, theirs once proved (store/domains), gone when their last address is.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import { MADE_UP_DAILY, type MadeUpMode, type MadeUpRule } from '../policy/made-up.ts'
import type { Database, Tx } from './database.ts'
import { isUuid } from './uuid.ts'

export type DomainClaim = {
  readonly id: string
  readonly uuid: string
  readonly accountId: string
  /** Lower case, A-labels. */
  readonly name: string
  readonly createdAt: Date
  readonly provedAt: Date | null
  /** Addresses of it, postmaster and abuse not counted. */
  readonly aliases: number
  readonly madeUp: MadeUpRule
}

const claims = (db: Database | Tx) => db.selectFrom('domain_claims as c')
  .leftJoin('domains as o', (join) => join.onRef('o.name', '=', 'c.name').onRef('o.account_id', '=', 'c.account_id')).select((eb) => [
  'o.made_up', 'o.made_up_pattern', 'o.made_up_daily',
  'c.id', 'c.uuid', 'c.account_id', 'c.name', 'c.created_at', 'c.proved_at',
  eb.selectFrom('aliases as a').innerJoin('domains as d', 'd.id', 'a.domain_id').whereRef('d.name', '=', 'c.name')
    .whereRef('a.account_id', '=', 'c.account_id').where('a.system', '=', false).select((n) => n.fn.countAll<string>().as('n')).as('aliases'),
])
type Row = Awaited<ReturnType<ReturnType<typeof claims>['executeTakeFirstOrThrow']>>

const claimOf = (row: Row): DomainClaim => ({
  id: row.id, uuid: row.uuid, accountId: row.account_id, name: row.name, createdAt: row.created_at, provedAt: row.proved_at, aliases: Number(row.aliases),
  madeUp: { mode: (row.made_up ?? 'off') as MadeUpMode, pattern: row.made_up_pattern, daily: row.made_up_daily ?? MADE_UP_DAILY },
})

export const claimsOf = async (db: Database | Tx, accountId: string): Promise<readonly DomainClaim[]> =>
  (await claims(db).where('c.account_id', '=', accountId).orderBy('c.id').execute()).map(claimOf)

export const claimByUuid = async (db: Database | Tx, accountId: string, uuid: string): Promise<DomainClaim | undefined> => {
  if (!isUuid(uuid)) return undefined
  const row = await claims(db).where('c.account_id', '=', accountId).where('c.uuid', '=', uuid).executeTakeFirst()
  return row && claimOf(row)
}

/** Throws the constraint's error when the account has it already. */
export const insertClaim = async (tx: Tx, claim: { readonly accountId: string; readonly name: string; readonly now: Date }): Promise<string> =>
  (await tx.insertInto('domain_claims').values({ account_id: claim.accountId, name: claim.name, created_at: claim.now })
    .returning('uuid').executeTakeFirstOrThrow()).uuid

/** From now on it is a domain of this account. False: it is one of another account, or the host's. */
export const takeDomain = async (tx: Tx, claim: Pick<DomainClaim, 'id' | 'accountId' | 'name'>, now: Date): Promise<boolean> => {
  await tx.insertInto('domains').values({ name: claim.name, account_id: claim.accountId }).onConflict((c) => c.column('name').doNothing()).execute()
  const { account_id: owner } = await tx.selectFrom('domains').select('account_id').where('name', '=', claim.name).executeTakeFirstOrThrow()
  if (owner !== claim.accountId) return false
  await tx.updateTable('domain_claims').set({ proved_at: sql<Date>`coalesce(proved_at, ${now})` }).where('id', '=', claim.id).execute()
  return true
}

/** A name below the host's is given once: who wrote to its addresses must never reach somebody else. False: it was given already. */
export const giveOnce = async (tx: Tx, nameHash: Buffer): Promise<boolean> =>
  (await tx.insertInto('retired_addresses').values({ address_hash: nameHash }).onConflict((c) => c.doNothing()).executeTakeFirst())
    .numInsertedOrUpdatedRows === 1n

/** Its postmaster and abuse. */
export const systemAliasesOf = async (tx: Tx, name: string): Promise<readonly { readonly id: number; readonly address: Mailbox }[]> => {
  const rows = await tx.selectFrom('aliases').innerJoin('domains', 'domains.id', 'aliases.domain_id').select(['aliases.id', 'aliases.address'])
    .where('domains.name', '=', name).where('aliases.system', '=', true).execute()
  return rows.map(({ id, address }) => ({ id, address: address as Mailbox }))
}

/** Not as a forgotten one: who proves the domain again has it again. */
export const dropSystemAlias = async (tx: Tx, id: number): Promise<void> => {
  await tx.deleteFrom('aliases').where('id', '=', id).where('system', '=', true).execute()
}

/** Its keys go with it. Throws the foreign key's error while it has addresses. */
export const dropDomain = async (tx: Tx, claim: Pick<DomainClaim, 'id' | 'accountId' | 'name'>): Promise<void> => {
  await tx.deleteFrom('domains').where('name', '=', claim.name).where('account_id', '=', claim.accountId).execute()
  await tx.deleteFrom('domain_claims').where('id', '=', claim.id).execute()
}

/** Whether the account has an inbox there: its mail would come back to us. */
export const hasInboxAt = async (tx: Tx, accountId: string, name: string): Promise<boolean> =>
  await tx.selectFrom('inboxes').select('id').where('account_id', '=', accountId).where(sql<string>`split_part(address, '@', -1)`, '=', name)
    .executeTakeFirst() !== undefined
