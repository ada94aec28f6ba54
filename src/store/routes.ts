// What the mail path asks about aliases: by address at RCPT, by id at each attempt. Reads only, in batches.

import { sql } from 'kysely'
import { domainOf, lowerCased, type Mailbox } from '../mail/address.ts'
import type { AliasFact, InboxFact } from '../policy/decide.ts'
import { batched } from './batched.ts'
import type { Database } from './database.ts'

export type AddressFact =
  | { readonly kind: 'foreign-domain' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'alias'; readonly alias: AliasFact }

export type Routes = {
  readonly byAddress: (address: Mailbox) => Promise<AddressFact>
  readonly byId: (aliasId: number) => Promise<AliasFact | undefined>
}

type AliasRow = {
  id: number | null
  uuid: string
  account_id: string
  address: string
  site: string | null
  state: AliasFact['state']
  burned_at: Date | null
  suspended: boolean
  inboxes: InboxRow[] | null
}

type InboxRow = { id: string; address: string; verified: boolean; refusedUntil: string | null }

// Planning is what such a query costs the database, whatever it asks for: one round at a time makes larger ones of fewer
// (20 sessions: 0.26 to 0.20 s of its CPU for 1,000 messages).
const limits = { rounds: 1, size: 200 } as const

const aliasColumns = sql`
  a.id, a.uuid, a.account_id, a.address, a.site, a.state, a.burned_at, s.suspended_at is not null as suspended,
  (select json_agg(json_build_object('id', i.id::text, 'address', i.address, 'verified', i.verified_at is not null,
       'refusedUntil', i.refused_until) order by i.id)
     from alias_inboxes ai join inboxes i on i.id = ai.inbox_id where ai.alias_id = a.id) as inboxes`

export const createRoutes = (db: Database): Routes => ({
  byAddress: batched(async (addresses: readonly Mailbox[]) => {
    const canonical = addresses.map((address) => lowerCased(address))
    const { rows } = await sql<AliasRow & { known: boolean }>`
      select d.id is not null as known, ${aliasColumns}
      from unnest(${canonical}::text[], ${canonical.map(domainOf)}::text[]) with ordinality q(address, domain, n)
      left join domains d on d.name = q.domain
      left join aliases a on a.address = q.address
      left join account_settings s on s.account_id = a.account_id
      order by q.n`.execute(db)
    return rows.map((row): AddressFact => {
      if (!row.known) return { kind: 'foreign-domain' }
      return row.id === null ? { kind: 'unknown' } : { kind: 'alias', alias: aliasFact(row) }
    })
  }, limits),

  byId: batched(async (ids: readonly number[]) => {
    const { rows } = await sql<AliasRow>`
      select ${aliasColumns} from aliases a left join account_settings s on s.account_id = a.account_id
      where a.id = any(${[...new Set(ids)]}::int[])`.execute(db)
    const found = new Map(rows.map((row) => [row.id, aliasFact(row)]))
    return ids.map((id) => found.get(id))
  }, limits),
})

// Rows were written through the parsers, so the brand is given back here without parsing again.
const aliasFact = (row: AliasRow): AliasFact => ({
  id: row.id as number,
  uuid: row.uuid,
  accountId: row.account_id,
  address: row.address as Mailbox,
  site: row.site,
  state: row.state,
  burnedAt: row.burned_at,
  suspended: row.suspended,
  inboxes: (row.inboxes ?? []).map(inboxFact),
})

const inboxFact = (row: InboxRow): InboxFact => ({
  id: row.id, address: row.address as Mailbox, verified: row.verified, refusedUntil: row.refusedUntil === null ? null : new Date(row.refusedUntil),
})
