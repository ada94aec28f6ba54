// Mail domains: the host's own (no account, open to all) and, later, those of accounts.
import type { Database, Tx } from './database.ts'

export type Domain = { readonly id: string; readonly name: string; readonly own: boolean }

// The row of the host's domain, made when missing.
export const ensureHostDomain = async (tx: Tx, name: string): Promise<void> => {
  await tx.insertInto('domains').values({ name, account_id: null }).onConflict((c) => c.column('name').doNothing()).execute()
}

// A domain that this account may make addresses in.
export const domainFor = async (db: Database, accountId: string, name: string): Promise<Domain | undefined> => {
  const row = await db.selectFrom('domains').select(['id', 'name', 'account_id']).where('name', '=', name)
    .where((eb) => eb.or([eb('account_id', 'is', null), eb('account_id', '=', accountId)])).executeTakeFirst()
  return row && { id: row.id, name: row.name, own: row.account_id !== null }
}

export const domainsOf = async (db: Database, accountId: string): Promise<readonly Domain[]> => {
  const rows = await db.selectFrom('domains').select(['id', 'name', 'account_id'])
    .where((eb) => eb.or([eb('account_id', 'is', null), eb('account_id', '=', accountId)])).orderBy('id').execute()
  return rows.map((row) => ({ id: row.id, name: row.name, own: row.account_id !== null }))
}

export const isOurDomain = async (db: Database, name: string): Promise<boolean> =>
  await db.selectFrom('domains').select('id').where('name', '=', name).executeTakeFirst() !== undefined

/** Names below the host's that accounts chose. */
export const hasSubdomains = async (db: Database, hostDomain: string): Promise<boolean> =>
  await db.selectFrom('domains').select('id').where('account_id', 'is not', null).where('name', 'like', `%.${hostDomain.replaceAll(/[\\_%]/g, '\\$&')}`)
    .limit(1).executeTakeFirst() !== undefined
