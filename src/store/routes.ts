// What the mail path asks about aliases: by address at RCPT, by id at each attempt. Reads only, in batches.

import { sql } from 'kysely'
import { domainOf, lowerCased, type Mailbox } from '../mail/address.ts'
import type { AliasFact, InboxFact } from '../policy/decide.ts'
import { aliasRules, aliasRuleColumns, type AliasRuleRow } from './alias-rules.ts'
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

type AliasRow = AliasRuleRow & {
  id: number | null
  uuid: string
  account_id: string
  address: string
  site: string | null
  state: AliasFact['state']
  burned_at: Date | null
  suspended: boolean
  blocks: boolean
  shares_answers: boolean
  thread_key: Buffer | null
  rewrites_invitations: boolean
  inboxes: InboxRow[] | null
}

type InboxRow = { id: string; address: string; verified: boolean; refusedUntil: string | null; replySecret: string | null }

// A round trip costs what it costs, whatever it asks for: one round at a time, of both kinds of question, makes larger ones of fewer.
const limits = { rounds: 1, size: 200 } as const

type Question = { readonly address: Mailbox } | { readonly id: number }

export const createRoutes = (db: Database): Routes => {
  const ask = batched(async (questions: readonly Question[]) => {
    const addresses = questions.map((question) => ('address' in question ? lowerCased(question.address) : null))
    const { rows } = await sql<AliasRow & { known: boolean }>`
      select d.id is not null as known, a.id, a.uuid, a.account_id, a.address, a.site, a.state, a.burned_at,
        a.thread_key, s.suspended_at is not null as suspended, s.share_answers as shares_answers,
        s.rewrite_invitations as rewrites_invitations,
        exists (select 1 from correspondents c where c.alias_id = a.id and c.blocked_at is not null)
          or exists (select 1 from account_blocks b where b.account_id = a.account_id) as blocks,
        ${aliasRuleColumns},
        (select json_agg(json_build_object('id', i.id::text, 'address', i.address, 'verified', i.verified_at is not null,
            'refusedUntil', i.refused_until,
            'replySecret', encode(i.reply_secret, 'hex')) order by i.id)
           from alias_inboxes ai join inboxes i on i.id = ai.inbox_id where ai.alias_id = a.id) as inboxes
      from unnest(${addresses}::text[], ${addresses.map((address) => address && domainOf(address))}::text[],
        ${questions.map((question) => ('id' in question ? question.id : null))}::int[]) with ordinality q(address, domain, id, n)
      left join domains d on d.name = q.domain
      left join lateral (select * from aliases where address = q.address union all select * from aliases where id = q.id) a on true
      left join account_settings s on s.account_id = a.account_id
      order by q.n`.execute(db)
    return rows
  }, limits)

  return {
    byAddress: async (address) => {
      const row = await ask({ address })
      if (!row.known) return { kind: 'foreign-domain' }
      return row.id === null ? { kind: 'unknown' } : { kind: 'alias', alias: aliasFact(row) }
    },
    byId: async (id) => {
      const row = await ask({ id })
      return row.id === null ? undefined : aliasFact(row)
    },
  }
}

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
  blocks: row.blocks,
  sharesAnswers: row.shares_answers,
  threadKey: row.thread_key,
  rewritesInvitations: row.rewrites_invitations,
  inboxes: (row.inboxes ?? []).map(inboxFact),
  rules: aliasRules(row),
})

const inboxFact = (row: InboxRow): InboxFact => ({
  id: row.id, address: row.address as Mailbox, verified: row.verified, refusedUntil: row.refusedUntil === null ? null : new Date(row.refusedUntil),
  replySecret: row.replySecret === null ? null : Buffer.from(row.replySecret, 'hex'),
})
