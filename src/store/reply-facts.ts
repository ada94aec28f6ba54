// All that a reply needs to know of its account, in one query: what must not leave, the name of the alias, what it has seen, what is allowed.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { Database } from './database.ts'
import { joined } from './joined.ts'

export type ReplyFacts = {
  /** Every inbox, verified or not, and the sign-in address. */
  readonly addresses: readonly Mailbox[]
  readonly realName: string | null
  readonly displayName: string
  readonly repliesHourly: number
  /** The other inboxes of the alias are shown what was answered, and by which. */
  readonly shareAnswers: boolean
  /** Those of the asked that came to the alias. */
  readonly seen: ReadonlySet<bigint>
}

type Question = { readonly aliasId: number; readonly threads: readonly bigint[] }
type Row = {
  addresses: Mailbox[] | null; email: Mailbox; real_name: string | null; display_name: string | null; replies_hourly: number; share_answers: boolean
  seen: string[] | null
}

/** Rejects when the alias is gone. */
export const replyFacts = async (db: Database, alias: { readonly id: number }, threads: readonly bigint[]): Promise<ReplyFacts> => {
  const row = await rowOf(db, { aliasId: alias.id, threads })
  if (!row) throw new Error('the alias of a reply is gone')
  return {
    addresses: [...new Set([...row.addresses ?? [], row.email])], realName: row.real_name, displayName: row.display_name ?? '',
    repliesHourly: row.replies_hourly, shareAnswers: row.share_answers, seen: new Set((row.seen ?? []).map(BigInt)),
  }
}

const rowOf = joined(async (db, questions: readonly Question[]): Promise<readonly (Row | undefined)[]> => {
  const asked = questions.flatMap(({ threads }, n) => threads.map((thread) => ({ n, thread })))
  const { rows } = await sql<Row & { n: number }>`
    select q.n::int as n, u.email, s.real_name, s.replies_hourly, s.share_answers, a.display_name,
      (select array_agg(i.address) from inboxes i where i.account_id = a.account_id) as addresses,
      (select array_agg(w.thread::text)
        from unnest(${asked.map(({ n }) => n + 1)}::int[], ${asked.map(({ thread }) => thread.toString())}::bigint[]) w(n, thread)
        where w.n = q.n and exists (select 1 from activity l where l.alias_id = a.id and l.thread = w.thread)) as seen
    from unnest(${questions.map(({ aliasId }) => aliasId)}::int[]) with ordinality q(alias_id, n)
    join aliases a on a.id = q.alias_id join "user" u on u.id = a.account_id join account_settings s on s.account_id = a.account_id`.execute(db)
  const found = new Map(rows.map((row) => [row.n, row]))
  return questions.map((_, n) => found.get(n + 1))
})
