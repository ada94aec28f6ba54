// What an account can sign in with, read from better-auth's tables.
import type { Database } from './database.ts'

export type Passkey = { readonly id: string; readonly name: string | null; readonly createdAt: Date | null; readonly backedUp: boolean }

export const hasPassword = async (db: Database, accountId: string): Promise<boolean> =>
  await db.selectFrom('account').select('id').where('userId', '=', accountId).where('providerId', '=', 'credential').where('password', 'is not', null)
    .executeTakeFirst() !== undefined

/** When it was last set. */
export const passwordChangedAt = async (db: Database, accountId: string): Promise<Date | undefined> =>
  (await db.selectFrom('account').select('updatedAt').where('userId', '=', accountId).where('providerId', '=', 'credential').executeTakeFirst())?.updatedAt

export const passkeysOf = async (db: Database, accountId: string): Promise<readonly Passkey[]> =>
  db.selectFrom('passkey').select(['id', 'name', 'createdAt', 'backedUp']).where('userId', '=', accountId).orderBy('createdAt').execute()

export const passkeyCount = async (db: Database, accountId: string): Promise<number> => (await passkeysOf(db, accountId)).length

export const hasTwoFactor = async (db: Database, accountId: string): Promise<boolean> =>
  (await db.selectFrom('user').select('twoFactorEnabled').where('id', '=', accountId).executeTakeFirst())?.twoFactorEnabled === true
