// API tokens, looked up by their hash: one read a request and no write, so that a revoked token is refused at once.
// (better-auth's own verifyApiKey writes a row each time: about 360 requests/s.)
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export const scopes = ['create', 'read', 'manage'] as const
export type Scope = (typeof scopes)[number]
export type Token = {
  readonly id: string
  readonly name: string | null
  readonly start: string | null
  readonly scopes: readonly Scope[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  /** To the minute. */
  readonly lastUsedAt: Date | null
} & TokenLimit
/** What it may create: addresses of one domain alone, so many a day (UTC). */
export type TokenLimit = { readonly domain: string | null; readonly dailyLimit: number | null }
export type KnownToken = TokenLimit & {
  readonly id: string
  readonly accountId: string
  readonly scopes: readonly Scope[]
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date | null
}

/** As the api-key plugin stores it: SHA-256 in base64url without padding. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

export const accountOfToken = async (db: Database, token: string, now: Date): Promise<KnownToken | undefined> => {
  // The plugin's table has no foreign key: a token must not outlive its account.
  const row = await db.selectFrom('apikey as k').innerJoin('user as u', 'u.id', 'k.referenceId').leftJoin('token_limits as l', 'l.token_id', 'k.id')
    .select(['k.id', 'k.referenceId', 'k.permissions', 'k.expiresAt', 'l.domain', 'l.daily_limit', 'l.last_used_at'])
    .where('k.key', '=', hashOf(token)).where('k.enabled', '=', true)
    .where((eb) => eb.or([eb('k.expiresAt', 'is', null), eb('k.expiresAt', '>', now)])).executeTakeFirst()
  return row && {
    id: row.id, accountId: row.referenceId, scopes: scopesOf(row.permissions), domain: row.domain, dailyLimit: row.daily_limit,
    lastUsedAt: row.last_used_at, expiresAt: row.expiresAt,
  }
}

const toTheMinuteMs = 60_000

/** At most one write a minute for each token, whatever it asks. */
export const noteTokenUse = async (db: Database, token: KnownToken, now: Date): Promise<void> => {
  if (token.lastUsedAt && now.getTime() - token.lastUsedAt.getTime() < toTheMinuteMs) return
  await db.insertInto('token_limits').values({ token_id: token.id, last_used_at: now })
    .onConflict((conflict) => conflict.column('token_id').doUpdateSet({ last_used_at: now })).execute()
}

export const limitToken = async (db: Database, tokenId: string, limit: TokenLimit): Promise<void> => {
  await db.insertInto('token_limits').values({ token_id: tokenId, domain: limit.domain, daily_limit: limit.dailyLimit }).execute()
}

/** Counts one more address on this day. False: the day's are made. Its row is held to the end of the transaction, so that many at once take turns. */
export const countCreated = async (tx: Tx, tokenId: string, now: Date): Promise<boolean> => {
  const { rows } = await sql`
    update token_limits set day = today, created = case when day = today then created + 1 else 1 end
    from (select (${now}::timestamptz at time zone 'UTC')::date as today) t
    where token_id = ${tokenId} and (daily_limit is null or day is distinct from today or created < daily_limit) returning 1`.execute(tx)
  return rows.length > 0
}

/** No permissions, or none that we know: no scope. */
const scopesOf = (permissions: string | null): readonly Scope[] => {
  if (permissions === null) return []
  const parsed = JSON.parse(permissions) as { burnbox?: unknown } | null
  const listed = parsed?.burnbox
  return Array.isArray(listed) ? scopes.filter((scope) => listed.includes(scope)) : []
}

export const tokensOf = async (db: Database, accountId: string): Promise<readonly Token[]> => {
  const rows = await db.selectFrom('apikey as k').leftJoin('token_limits as l', 'l.token_id', 'k.id')
    .select(['k.id', 'k.name', 'k.start', 'k.permissions', 'k.createdAt', 'k.expiresAt', 'l.domain', 'l.daily_limit', 'l.last_used_at'])
    .where('k.referenceId', '=', accountId).orderBy('k.createdAt', 'desc').execute()
  return rows.map((row) => ({
    id: row.id, name: row.name, start: row.start, scopes: scopesOf(row.permissions), createdAt: row.createdAt, expiresAt: row.expiresAt,
    lastUsedAt: row.last_used_at, domain: row.domain, dailyLimit: row.daily_limit,
  }))
}

/** Whether there was one to revoke. */
export const deleteToken = async (db: Database, accountId: string, id: string): Promise<boolean> => {
  const { numDeletedRows } = await db.deleteFrom('apikey').where('referenceId', '=', accountId).where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
