// All that a reply needs to know of its account, in one query: what must not leave, the name of the alias, what it has seen, what is allowed.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { Database } from './database.ts'

export type ReplyFacts = {
  /** Every inbox, verified or not, and the sign-in address. */
  readonly addresses: readonly Mailbox[]
  readonly realName: string | null
  readonly displayName: string
  readonly repliesHourly: number
  /** Those of the asked that came to the alias. */
  readonly seen: ReadonlySet<bigint>
}

/** A busy alias has more lines than anybody answers to. */
const LINES_LOOKED_AT = 20_000

export const replyFacts = async (
  db: Database, alias: { readonly id: number; readonly accountId: string }, threads: readonly bigint[],
): Promise<ReplyFacts> => {
  const { rows: [row] } = await sql<{
    addresses: Mailbox[] | null; email: Mailbox; real_name: string | null; display_name: string | null; replies_hourly: number; seen: string[] | null
  }>`
    select u.email, s.real_name, s.replies_hourly,
      (select a.display_name from aliases a where a.id = ${alias.id}) as display_name,
      (select array_agg(i.address) from inboxes i where i.account_id = u.id) as addresses,
      ${threads.length === 0 ? sql`null` : sql`(select array_agg(distinct l.thread::text) from (
        select thread from activity where alias_id = ${alias.id} order by id desc limit ${LINES_LOOKED_AT}) l
        where l.thread = any(${threads.map(String)}::bigint[]))`} as seen
    from "user" u join account_settings s on s.account_id = u.id where u.id = ${alias.accountId}`.execute(db)
  if (!row) throw new Error('the account of an alias is gone')
  return {
    addresses: [...new Set([...row.addresses ?? [], row.email])], realName: row.real_name, displayName: row.display_name ?? '',
    repliesHourly: row.replies_hourly,
    seen: new Set((row.seen ?? []).map(BigInt)),
  }
}
