// The accounts of a host as its operator sees them: counts and sizes, never a name of an address, a sender or content.
import { sql } from 'kysely'
import type { Role } from './accounts.ts'
import type { Database, Tx } from './database.ts'

export type HostAccount = {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly createdAt: Date
  readonly lastSeenAt: Date | null
  readonly suspendedAt: Date | null
  readonly deleteAt: Date | null
  readonly heldBytes: number
  readonly aliasLimit: number | null
  readonly domainLimit: number | null
  readonly repliesHourly: number
  /** Of its own, proved or not. */
  readonly domains: number
  readonly aliases: number
  readonly inboxes: number
  readonly holding: number
  readonly holdingBytes: number
  /** Of the last 30 days. */
  readonly delivered: number
  readonly held: number
}

export const hostAccounts = async (db: Database, now: Date, id?: string): Promise<readonly HostAccount[]> => {
  const { rows } = await sql<{
    id: string; email: string; role: Role; created_at: Date; seen: Date | null; suspended_at: Date | null; delete_at: Date | null; held_bytes: string
    alias_limit: number | null; domain_limit: number | null; replies_hourly: number; domains: string; aliases: string; inboxes: string; holding: string
    bytes: string; delivered: string; held: string
  }>`
    select u.id, u.email, s.role, s.created_at, s.suspended_at, s.delete_at, s.held_bytes, s.alias_limit, s.domain_limit,
      s.replies_hourly, (select count(*) from domain_claims o where o.account_id = u.id) as domains,
      (select max("updatedAt") from session where "userId" = u.id) as seen,
      (select count(*) from aliases a where a.account_id = u.id) as aliases, (select count(*) from inboxes i where i.account_id = u.id) as inboxes,
      h.holding, h.bytes, d.delivered, d.held
    from "user" u join account_settings s on s.account_id = u.id
    cross join lateral (
      select count(*) as holding, coalesce(sum(size), 0) as bytes from held where account_id = u.id and released_at is null) h
    cross join lateral (
      select coalesce(sum(delivered), 0) as delivered, coalesce(sum(held), 0) as held from daily_counts
      where account_id = u.id and day > (${now}::timestamptz at time zone 'UTC')::date - 30) d
    where ${id === undefined ? sql`true` : sql`u.id = ${id}`} order by s.created_at, u.id`.execute(db)
  return rows.map((row) => ({
    id: row.id, email: row.email, role: row.role, createdAt: row.created_at, lastSeenAt: row.seen, suspendedAt: row.suspended_at,
    deleteAt: row.delete_at, heldBytes: Number(row.held_bytes), aliasLimit: row.alias_limit, domainLimit: row.domain_limit, repliesHourly: row.replies_hourly,
    domains: Number(row.domains), aliases: Number(row.aliases),
    inboxes: Number(row.inboxes), holding: Number(row.holding), holdingBytes: Number(row.bytes), delivered: Number(row.delivered), held: Number(row.held),
  }))
}

/** By whoever runs the host: its owner cannot call it off. False: there is no such account. */
export const setSuspension = async (
  tx: Tx, accountId: string, to: { readonly suspendedAt: Date | null; readonly deleteAt: Date | null },
): Promise<boolean> => {
  const { numUpdatedRows } = await tx.updateTable('account_settings').set({ suspended_at: to.suspendedAt, delete_at: to.deleteAt, left_at: null })
    .where('account_id', '=', accountId).executeTakeFirst()
  return numUpdatedRows > 0n
}

export const otherOperators = async (tx: Tx, accountId: string): Promise<number> => {
  const { n } = await tx.selectFrom('account_settings').select((eb) => eb.fn.countAll<string>().as('n'))
    .where('role', '=', 'operator').where('account_id', '<>', accountId).where('suspended_at', 'is', null).executeTakeFirstOrThrow()
  return Number(n)
}

export const accountsToDelete = async (db: Database, now: Date): Promise<readonly string[]> =>
  (await db.selectFrom('account_settings').select('account_id').where('delete_at', '<=', now).execute()).map((row) => row.account_id)

export const isSuspended = async (db: Database, accountId: string): Promise<boolean> =>
  await db.selectFrom('account_settings').select('account_id').where('account_id', '=', accountId).where('suspended_at', 'is not', null)
    .executeTakeFirst() !== undefined
