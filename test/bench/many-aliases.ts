// Many aliases of one account, written past the program straight into its database, and how fast they are searched through the API.
import { Kysely, PostgresDialect, sql, type RawBuilder } from 'kysely'
import { Pool } from 'pg'
import type { Database } from '../../src/store/database.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import type { Burnbox } from './burnbox.ts'

export const manyAliases = 100_000
export const numberedAlias = 'shop@burn.example'      // smtp-source puts the number before it: 1shop@burn.example

/** `1shop@…` to `100000shop@…`. */
export function addManyAliases(burnbox: Burnbox, email: string): Promise<void> {
  return onDatabase(burnbox, async (db) => {
    await addAliases(db, email, { count: manyAliases, localPart: sql`n || 'shop'` })
    await sql`analyze`.execute(db)
  })
}

export async function onDatabase(burnbox: Burnbox, work: (db: Database) => Promise<void>): Promise<void> {
  // Adopts the database that the program runs, and leaves it alone at the end.
  const postgres = await startEmbeddedPostgres(burnbox.data)
  // Without the program's limits to a query: a million rows take longer.
  const db: Database = new Kysely({ dialect: new PostgresDialect({ pool: new Pool({ connectionString: postgres.url, max: 1 }) }) })
  try {
    await work(db)
  } finally {
    await db.destroy()
    await postgres[Symbol.asyncDispose]()
  }
}

/** With sites, labels and notes as people write them. `localPart`: made of n, from 1. */
export async function addAliases(db: Database, email: string, some: { readonly count: number; readonly localPart: RawBuilder<unknown> }): Promise<void> {
  const account = sql`(select id from "user" where email = ${email})`
  for (let from = 0; from < some.count; from += 10_000) {
    await sql`
      with made as (
        insert into aliases (account_id, domain_id, local_part, address, site, label, note, created_at)
        select ${account}, d.id, ${some.localPart}, ${some.localPart} || '@' || d.name, 'www' || n % 5000 || '.example',
          (array['Newsletter', 'Order', 'Forum', 'Bank', 'Travel', 'Garden'])[1 + n % 6] || ' ' || md5(n::text),
          case when n % 3 = 0 then 'note of ' || md5((n * 7)::text) end, now()
        from domains d, generate_series(${from + 1}::int, ${Math.min(from + 10_000, some.count)}::int) n
        where d.name = 'burn.example' returning id, account_id),
      counted as (insert into alias_counts (alias_id, account_id) select id, account_id from made)
      insert into alias_inboxes (alias_id, inbox_id, account_id)
        select m.id, i.id, m.account_id from made m join inboxes i on i.account_id = m.account_id`.execute(db)
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
