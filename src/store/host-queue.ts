// The queue as the operator sees it: which host it waits for, since when, what that said; not whose mail it is.
import { sql } from 'kysely'
import { maskAddresses } from '../policy/mask-addresses.ts'
import type { Database } from './database.ts'

export type QueueLine = {
  readonly id: string
  readonly kind: 'forward' | 'reply' | 'own'
  /** Of the mailbox that it goes to; null for a reply, whose correspondent is kept encrypted. */
  readonly domain: string | null
  readonly createdAt: Date
  readonly nextTryAt: Date
  readonly expiresAt: Date
  readonly attempts: number
  readonly state: 'queued' | 'sent'
  readonly lastReply: string | null
}

/** The oldest first. */
export const hostQueue = async (db: Database, page: { readonly limit: number; readonly offset: number }): Promise<readonly QueueLine[]> => {
  const { rows } = await sql<{
    id: string; kind: QueueLine['kind']; target: string | null; created_at: Date; next_attempt_at: Date; expires_at: Date; attempts: number
    state: QueueLine['state']; last_reply: string | null; alias: string | null
  }>`
    select d.id, d.kind, case when d.kind <> 'reply' then coalesce(i.address, d.forward_path) end as target,
      d.created_at, d.next_attempt_at, d.expires_at, d.attempts, d.state, d.last_reply,
      a.local_part as alias
    from deliveries d left join inboxes i on i.id = d.inbox_id left join aliases a on a.id = d.alias_id
    order by d.created_at, d.id limit ${page.limit} offset ${page.offset}`.execute(db)
  return rows.map((row) => {
    const at = row.target?.lastIndexOf('@') ?? -1
    return {
      id: row.id, kind: row.kind, domain: row.target === null ? null : row.target.slice(at + 1), createdAt: row.created_at, nextTryAt: row.next_attempt_at,
      expiresAt: row.expires_at, attempts: row.attempts, state: row.state,
      lastReply: row.last_reply === null ? null : maskAddresses(row.last_reply, [row.target?.slice(0, at) ?? '', row.alias ?? '']),
    }
  })
}

export type HostSizes = {
  readonly queued: number
  readonly awaiting: number
  readonly oldestAt: Date | null
  readonly mailBytes: number
  readonly databaseBytes: number
}

export const hostSizes = async (db: Database): Promise<HostSizes> => {
  const { rows: [row] } = await sql<{ queued: string; awaiting: string; oldest: Date | null; mail: string; database: string }>`
    select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'sent') as awaiting, min(created_at) as oldest,
      (select coalesce(sum(size), 0) from messages) as mail, pg_database_size(current_database()) as database from deliveries`.execute(db)
  return {
    queued: Number(row!.queued), awaiting: Number(row!.awaiting), oldestAt: row!.oldest, mailBytes: Number(row!.mail), databaseBytes: Number(row!.database),
  }
}
