// API tokens, looked up by their hash: one read a request and no write, so that a revoked token is refused at once.
// (better-auth's own verifyApiKey writes a row each time: about 360 requests/s.)
import { createHash } from 'node:crypto'
import type { Database } from './database.ts'

export const scopes = ['create', 'read', 'manage'] as const
export type Scope = (typeof scopes)[number]
export type Token = {
  readonly id: string
  readonly name: string | null
  readonly start: string | null
  readonly scopes: readonly Scope[]
  readonly createdAt: Date
}

/** As the api-key plugin stores it: SHA-256 in base64url without padding. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

export const accountOfToken = async (
  db: Database, token: string, now: Date,
): Promise<{ readonly accountId: string; readonly scopes: readonly Scope[] } | undefined> => {
  // The plugin's table has no foreign key: a token must not outlive its account.
  const row = await db.selectFrom('apikey').innerJoin('user', 'user.id', 'apikey.referenceId').select(['referenceId', 'permissions'])
    .where('key', '=', hashOf(token)).where('enabled', '=', true)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)])).executeTakeFirst()
  return row && { accountId: row.referenceId, scopes: scopesOf(row.permissions) }
}

/** No permissions, or none that we know: no scope. */
const scopesOf = (permissions: string | null): readonly Scope[] => {
  if (permissions === null) return []
  const parsed = JSON.parse(permissions) as { burnbox?: unknown } | null
  const listed = parsed?.burnbox
  return Array.isArray(listed) ? scopes.filter((scope) => listed.includes(scope)) : []
}

export const tokensOf = async (db: Database, accountId: string): Promise<readonly Token[]> => {
  const rows = await db.selectFrom('apikey').select(['id', 'name', 'start', 'permissions', 'createdAt'])
    .where('referenceId', '=', accountId).orderBy('createdAt', 'desc').execute()
  return rows.map((row) => ({ id: row.id, name: row.name, start: row.start, scopes: scopesOf(row.permissions), createdAt: row.createdAt }))
}

/** Whether there was one to revoke. */
export const deleteToken = async (db: Database, accountId: string, id: string): Promise<boolean> => {
  const { numDeletedRows } = await db.deleteFrom('apikey').where('referenceId', '=', accountId).where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
