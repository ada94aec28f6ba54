// 100,000 aliases of one account, written past the program straight into its database, and how fast they are searched through the API.
import { sql } from 'kysely'
import { openDatabase } from '../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import type { Burnbox } from './burnbox.ts'

export const manyAliases = 100_000
export const numberedAlias = 'shop@burn.example'      // smtp-source puts the number before it: 1shop@burn.example

/** `1shop@…` to `100000shop@…`, with sites, labels and notes as people write them. */
export async function addManyAliases(burnbox: Burnbox, email: string): Promise<void> {
  // Adopts the database that the program runs, and leaves it alone at the end.
  const postgres = await startEmbeddedPostgres(burnbox.data)
  const db = openDatabase(postgres.url, { max: 1 })
  try {
    const account = sql`(select id from "user" where email = ${email})`
    for (let from = 0; from < manyAliases; from += 10_000) {
      await sql`
        with made as (
          insert into aliases (account_id, domain_id, local_part, address, site, label, note, created_at)
          select ${account}, d.id, n || 'shop', n || 'shop@' || d.name, 'www' || n % 5000 || '.example',
            (array['Newsletter', 'Order', 'Forum', 'Bank', 'Travel', 'Garden'])[1 + n % 6] || ' ' || md5(n::text),
            case when n % 3 = 0 then 'note of ' || md5((n * 7)::text) end, now()
          from domains d, generate_series(${from + 1}::int, ${from + 10_000}::int) n where d.name = 'burn.example' returning id, account_id),
        counted as (insert into alias_counts (alias_id, account_id) select id, account_id from made)
        insert into alias_inboxes (alias_id, inbox_id, account_id)
          select m.id, i.id, m.account_id from made m join inboxes i on i.account_id = m.account_id`.execute(db)
    }
    await sql`analyze`.execute(db)
  } finally {
    await db.destroy()
    await postgres[Symbol.asyncDispose]()
  }
}

export type SearchTime = { readonly query: string; readonly milliseconds: number; readonly found: number }

/** Median of nine calls each, of the whole HTTP call. */
export async function measureSearch(burnbox: Burnbox, token: string): Promise<readonly SearchTime[]> {
  const queries = [
    'q=forum', 'q=e', 'q=ab', 'q=4711shop', 'q=note+www42', 'q=nothing-like-it', 'q=zz+qq', 'q=',
    'q=order&sort=last_message', 'q=bank&sort=address', 'q=qqq&sort=address', 'state=burned',
  ]
  const times: SearchTime[] = []
  for (const query of queries) {
    const taken: number[] = []
    let found = 0
    for (let n = 0; n < 9; n += 1) {
      const from = performance.now()
      const answer = await fetch(`${burnbox.url}/v1/aliases?limit=50&${query}`, { headers: { authorization: `Bearer ${token}` } })
      const { items } = await answer.json() as { items?: unknown[] }
      taken.push(performance.now() - from)
      if (!answer.ok || !items) throw new Error(`the search ${query} answered ${answer.status}`)
      found = items.length
    }
    times.push({ query, milliseconds: median(taken), found })
  }
  return times
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
