// What an export reads beside the lists of the pages: in the order of ids, a page a query, so that nothing is large and no transaction long.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { HoldReason } from '../policy/decide.ts'
import { aliasOf, selectAliases, type Alias } from './aliases.ts'
import type { Database } from './database.ts'
import type { Keys } from './secret.ts'
import { threadSecret } from './thread-key.ts'

export type ExportedAlias = Alias & { readonly threadSecret: string }

/** The host's own (postmaster and abuse) stay where they are. */
export const aliasesAfter = async (
  db: Database, keys: Pick<Keys, 'hash' | 'decrypt'>, accountId: string, after: number, limit: number,
): Promise<readonly ExportedAlias[]> =>
  (await selectAliases(db).select('aliases.thread_key').where('aliases.account_id', '=', accountId).where('aliases.system', '=', false)
    .where('aliases.id', '>', after).orderBy('aliases.id').limit(limit).execute())
    .map((row) => ({ ...aliasOf(row), threadSecret: threadSecret(keys, { uuid: row.uuid, threadKey: row.thread_key }) }))

export type ExportedCorrespondent = {
  readonly id: string
  readonly alias: string
  readonly address: Mailbox
  readonly name: string | null
  readonly reverseLocalPart: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly blockedAt: Date | null
  readonly writtenAt: Date | null
}

export const correspondentsAfter = async (
  db: Database, keys: Pick<Keys, 'decrypt'>, accountId: string, after: string, limit: number,
): Promise<readonly ExportedCorrespondent[]> => {
  const rows = await db.selectFrom('correspondents as c').innerJoin('aliases as a', 'a.id', 'c.alias_id')
    .select(['c.id', 'a.address as alias', 'c.address_encrypted', 'c.name', 'c.reverse_local_part', 'c.created_at', 'c.last_used_at', 'c.blocked_at',
      'c.written_at'])
    .where('c.account_id', '=', accountId).where('c.id', '>', after).orderBy('c.id').limit(limit).execute()
  return rows.map((row) => ({
    id: row.id, alias: row.alias, address: keys.decrypt(row.address_encrypted) as Mailbox, name: row.name, reverseLocalPart: row.reverse_local_part,
    createdAt: row.created_at, lastUsedAt: row.last_used_at, blockedAt: row.blocked_at, writtenAt: row.written_at,
  }))
}

export type ExportedSender = {
  readonly id: string; readonly alias: string; readonly kind: string; readonly name: string; readonly origin: string; readonly unproven: boolean
  readonly createdAt: Date
}

export const expectedSendersAfter = async (db: Database, accountId: string, after: string, limit: number): Promise<readonly ExportedSender[]> => {
  const rows = await db.selectFrom('expected_senders as e').innerJoin('aliases as a', 'a.id', 'e.alias_id')
    .select(['e.id', 'a.address as alias', 'e.kind', 'e.name', 'e.origin', 'e.unproven', 'e.created_at'])
    .where('a.account_id', '=', accountId).where('e.id', '>', after).orderBy('e.id').limit(limit).execute()
  return rows.map(({ created_at: createdAt, ...row }) => ({ ...row, createdAt }))
}

export type ExportedHeld = {
  readonly id: string
  readonly messageId: string
  readonly alias: string
  readonly direction: string
  readonly reason: HoldReason
  readonly reasonText: string
  readonly heldAt: Date
  readonly burnedAt: Date | null
  readonly readAt: Date | null
  readonly receivedAt: Date
  readonly reversePath: string
  readonly helo: string
  readonly clientIp: string
  readonly protocol: string
  readonly smtpUtf8: boolean
  readonly authenticated: boolean
  readonly authentication: string
  readonly spamScore: number | null
  readonly from: string
  readonly subject: string
  readonly size: number
}

/** All at once, without the messages: what is described and what is written must be the same list. */
export const heldForExport = async (db: Database, accountId: string): Promise<readonly ExportedHeld[]> => {
  const { rows } = await sql<Omit<ExportedHeld, 'size'> & { size: string }>`
    select h.uuid as id, h.message_id as "messageId", a.address as alias, h.direction, h.reason, h.reason_text as "reasonText", h.held_at as "heldAt",
      h.burned_at as "burnedAt", h.read_at as "readAt", m.received_at as "receivedAt", m.reverse_path as "reversePath", m.helo, m.client_ip as "clientIp",
      m.protocol, m.smtp_utf8 as "smtpUtf8", m.authenticated, m.authentication, m.spam_score as "spamScore", m.from_text as "from", m.subject, h.size
    from held h join messages m on m.id = h.message_id join aliases a on a.id = h.alias_id
    where h.account_id = ${accountId} and h.released_at is null order by h.id`.execute(db)
  return rows.map((row) => ({ ...row, size: Number(row.size) }))
}

export type ExportedKey = { readonly domain: string; readonly selector: string; readonly algorithm: string; readonly state: string; readonly pkcs8: string }

/** Keys of the domains that are the account's own, never of the host's. */
export const ownDomainKeys = async (db: Database, keys: Pick<Keys, 'decrypt'>, accountId: string): Promise<readonly ExportedKey[]> => {
  const rows = await db.selectFrom('dkim_keys as k').innerJoin('domains as d', 'd.name', 'k.domain')
    .select(['k.domain', 'k.selector', 'k.algorithm', 'k.state', 'k.private_key_encrypted']).where('d.account_id', '=', accountId).execute()
  return rows.flatMap(({ private_key_encrypted: sealed, ...row }) => sealed === null ? [] : [{ ...row, pkcs8: keys.decrypt(sealed) }])
}
