// Reading who wrote to an alias, newest first; and whose addresses are written to by strangers.

import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { Database } from './database.ts'
import type { Evidence } from './senders.ts'
import type { Keys } from './secret.ts'
import { isUuid } from './uuid.ts'

export type Sender = {
  readonly id: string
  readonly cursor: string
  readonly address: Mailbox
  readonly domain: string
  readonly organisation: string
  readonly proven: boolean
  readonly stranger: boolean
  readonly firstAt: Date
}

const columns = ['id', 'uuid', 'address_encrypted', 'domain', 'organisation', 'proven', 'stranger', 'first_at'] as const

type Row = {
  readonly id: string; readonly uuid: string; readonly address_encrypted: Buffer; readonly domain: string; readonly organisation: string
  readonly proven: boolean; readonly stranger: boolean; readonly first_at: Date
}

const senderOf = (keys: Pick<Keys, 'decrypt'>) => (row: Row): Sender => ({
  id: row.uuid, cursor: row.id, address: keys.decrypt(row.address_encrypted) as Mailbox, domain: row.domain, organisation: row.organisation,
  proven: row.proven, stranger: row.stranger, firstAt: row.first_at,
})

type Query = { readonly aliasId: number; readonly strangers?: boolean; readonly limit: number; readonly before?: string | undefined }

export const listSenders = async (db: Database, keys: Pick<Keys, 'decrypt'>, query: Query): Promise<readonly Sender[]> => {
  let select = db.selectFrom('senders').select(columns).where('alias_id', '=', query.aliasId)
  if (query.strangers === true) select = select.where('stranger', '=', true)
  if (query.before !== undefined) select = select.where('id', '<', query.before)
  return (await select.orderBy('id', 'desc').limit(query.limit).execute()).map(senderOf(keys))
}

export const senderByUuid = async (db: Database, keys: Pick<Keys, 'decrypt'>, aliasId: number, uuid: string): Promise<Sender | undefined> => {
  if (!isUuid(uuid)) return undefined
  const row = await db.selectFrom('senders').select(columns).where('alias_id', '=', aliasId).where('uuid', '=', uuid).executeTakeFirst()
  return row && senderOf(keys)(row)
}

export type ProvenSender = Sender & { /** Undefined: its time is over, or none is kept. */ readonly evidence: Evidence | undefined }

/** The first ones, oldest first, with what is kept of their first message. */
export const firstSenders = async (
  db: Database, keys: Pick<Keys, 'decrypt'>, query: { readonly aliasId: number; readonly strangers: boolean; readonly limit: number; readonly since: Date },
): Promise<readonly ProvenSender[]> => {
  const rows = await db.selectFrom('senders').select(columns).select('evidence_encrypted').where('alias_id', '=', query.aliasId)
    .where('stranger', '=', query.strangers).orderBy('first_at').orderBy('id').limit(query.limit).execute()
  return rows.map((row) => ({
    ...senderOf(keys)(row),
    evidence: row.evidence_encrypted && row.first_at > query.since ? JSON.parse(keys.decrypt(row.evidence_encrypted)) as Evidence : undefined,
  }))
}

/** Of an alias; a thousand are as good as more. */
const MOST_COUNTED = 1_000
export const countStrangers = sql<string>`(
  select count(*) from (select 1 from senders w where w.alias_id = aliases.id and w.stranger limit ${sql.lit(MOST_COUNTED)}) w)`

export type Leak = {
  readonly site: string | null
  readonly aliases: number
  /** Organisations, each counted once an alias. */
  readonly strangers: number
  readonly lastAt: Date
  /** Twenty of them at most. */
  readonly aliasUuids: readonly string[]
}

/** The companies whose addresses strangers write to, most strangers first. An alias without a site is a company of its own. */
export const leaksOf = async (db: Database, accountId: string, limit: number): Promise<readonly Leak[]> => {
  const { rows } = await sql<{ site: string | null; aliases: string; strangers: string; last_at: Date; uuids: string[] }>`
    select a.site, count(*) as aliases, sum(w.n) as strangers, max(w.last_at) as last_at, (array_agg(a.uuid order by w.n desc))[1:20] as uuids
    from (select s.alias_id, count(distinct s.organisation) as n, max(s.first_at) as last_at from senders s join aliases o on o.id = s.alias_id
          where o.account_id = ${accountId} and s.stranger group by s.alias_id) w
    join aliases a on a.id = w.alias_id
    group by a.site, case when a.site is null then a.id end order by sum(w.n) desc, max(w.last_at) desc limit ${limit}`.execute(db)
  return rows.map((row) => ({ site: row.site, aliases: Number(row.aliases), strangers: Number(row.strangers), lastAt: row.last_at, aliasUuids: row.uuids }))
}

/** Headers whose days are over. A batch a call; returns how many went. */
export const lapseEvidence = async (tx: Database, now: Date, batch: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    update senders set evidence_encrypted = null where id in (
      select s.id from senders s join aliases a on a.id = s.alias_id join account_settings c on c.account_id = a.account_id
      where s.evidence_encrypted is not null and s.first_at <= ${now}::timestamptz - make_interval(days => c.evidence_days)
      order by s.first_at limit ${batch})`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
