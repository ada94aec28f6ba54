// What is counted of replies, over all processes, in the table of tries: so much within a window that begins with the first of it.
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { joined } from './joined.ts'
import type { TryLimit } from './tries.ts'

export type Amount = { readonly key: Buffer; readonly amount: number; readonly limit: TryLimit }
type Question = { readonly amounts: readonly Amount[]; readonly now: Date }

/** Counts all of these at once, whatever comes of it. False: one of them is over its limit now. */
export const takeAmounts = (db: Database, amounts: readonly Amount[], now: Date): Promise<boolean> => takeTogether(db, { amounts, now })

const takeTogether = joined(async (db, questions: readonly Question[]): Promise<readonly boolean[]> => {
  // A row is changed once a statement, so what many take of one is added up here; and counted out to them in their order below.
  const sums = new Map<string, Amount>()
  for (const one of questions.flatMap(({ amounts }) => amounts)) {
    const name = one.key.toString('latin1')
    sums.set(name, { ...one, amount: one.amount + (sums.get(name)?.amount ?? 0) })
  }
  // Locked in one order, so that two processes never wait for each other in a ring.
  const sorted = [...sums.values()].sort((a, b) => a.key.compare(b.key))
  const now = questions[0]!.now
  const { rows } = await sql<{ key: Buffer; count: number }>`
    insert into tries as t (key, count, since, until)
    select key, amount, ${now}::timestamptz, until from unnest(${sorted.map(({ key }) => key)}::bytea[], ${sorted.map(({ amount }) => amount)}::int[],
      ${sorted.map(({ limit }) => new Date(now.getTime() + limit.windowMs).toISOString())}::timestamptz[]) with ordinality q(key, amount, until, n) order by n
    on conflict (key) do update set
      count = case when t.until <= ${now} then excluded.count else least(t.count::bigint + excluded.count, ${MOST})::int end,
      since = case when t.until <= ${now} then excluded.since else t.since end,
      until = case when t.until <= ${now} then excluded.until else t.until end
    returning key, count`.execute(db)
  const before = new Map(rows.map(({ key, count }) => [key.toString('latin1'), count - sums.get(key.toString('latin1'))!.amount]))
  return questions.map(({ amounts }) => {
    const within = amounts.map(({ key, amount, limit }) => {
      const name = key.toString('latin1')
      const count = (before.get(name) ?? 0) + amount
      before.set(name, count)
      return count <= limit.most
    })
    return within.every(Boolean)
  })
})

/** The column has 31 bits. */
const MOST = 2_000_000_000
