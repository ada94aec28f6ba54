// What a large database costs: the same load on one host with 100 aliases and 100 lines of activity, and on one with a million of each, in turns.
// Twenty senders; on the large host each has aliases of its own, far from those of the others.
//   npm run bench -- --only growth
import { sql } from 'kysely'
import { alone, type Alone } from './alone.ts'
import { addAliases, median, onDatabase } from './many-aliases.ts'
import type { BenchOptions, Part } from './part.ts'
import { startSink, type Sink } from './smtp-sink.ts'
import { sendLoad } from './smtp-source.ts'
import { email } from './stage.ts'
import { printTable } from './table.ts'

const large = 1_000_000
const small = 100
const pairs = 5
const senders = 20
const rounds = 3
/** smtp-source counts its messages from 1 and puts the number before the recipient: 1s0@…, 2s0@…; more than the small host has it must not send. */
const perSender = 100
const perName = large / senders
const mostDifference = 0.15

export function growth(options: BenchOptions): Promise<Part> {
  return alone(options, {}, (few) => alone(options, {}, async (many) => {
    await fill(few, small)
    await fill(many, large)
    const hosts = [{ ...few, name: small, sink: await startSink(few.hopPort) }, { ...many, name: large, sink: await startSink(many.hopPort) }] as const
    try {
      const found: { few: number; many: number }[] = []
      for (const host of hosts) await measure(host, host.sink, host.name)
      for (let pair = 0; pair < pairs; pair += 1) {
        const [first, second] = [await measure(hosts[0], hosts[0].sink, small), await measure(hosts[1], hosts[1].sink, large)]
        found.push({ few: first, many: second })
      }
      return report(found)
    } finally {
      for (const { sink } of hosts) await sink.stop()
    }
  }))
}

function report(found: readonly { readonly few: number; readonly many: number }[]): Part {
  const difference = median(found.map(({ few, many }) => (few - many) / few))
  printTable(['growth: aliases and lines of activity', '/s', 'pairs'], [
    [String(small), median(found.map(({ few }) => few)).toFixed(0), found.map(({ few }) => few.toFixed(0)).join(' ')],
    [String(large), median(found.map(({ many }) => many)).toFixed(0), found.map(({ many }) => many.toFixed(0)).join(' ')],
  ])
  const goal = {
    what: `throughput with ${large} aliases and lines, less than with ${small}`, found: `${(difference * 100).toFixed(1)} %`,
    goal: `<= ${mostDifference * 100} %`, reached: difference <= mostDifference,
  }
  return { name: 'growth', goals: [goal], data: { found, difference } }
}

/** Aliases 1s0@…, 2s0@… to 50000s19@…; activity spread over them. */
function fill({ burnbox }: Alone, count: number): Promise<void> {
  return onDatabase(burnbox, async (db) => {
    const localPart = sql`(1 + (n - 1) % ${sql.lit(perName)}) || 's' || (n - 1) / ${sql.lit(perName)}`
    await withoutSearchIndex(count, db, () => addAliases(db, email, { count, localPart }))
    await sql`
      insert into activity (at, account_id, alias_id, alias_address, delivery_id, kind, sender, size)
      select now() - n * interval '7 seconds', a.account_id, a.id, a.address, n, 'delivered', 'shop@sender.example', 8192
      from generate_series(1, ${sql.lit(count)}) n
      join lateral (select * from aliases where address = (1 + n * 7919::bigint % ${sql.lit(Math.min(perName, count))}) || 's'
        || n % ${sql.lit(Math.max(1, count / perName))} || '@burn.example') a on true`.execute(db)
    await sql`vacuum analyze`.execute(db)
    await sql`checkpoint`.execute(db)
  })
}

/** A million entries are put into it at once in a quarter of the time. */
async function withoutSearchIndex(count: number, db: Parameters<Parameters<typeof onDatabase>[1]>[0], work: () => Promise<void>): Promise<void> {
  if (count < large) return work()
  const { rows } = await sql<{ indexdef: string }>`select indexdef from pg_indexes where indexname = 'aliases_search_idx'`.execute(db)
  await sql`drop index aliases_search_idx`.execute(db)
  await work()
  await sql.raw(rows[0]!.indexdef).execute(db)
}

async function measure({ burnbox }: Alone, sink: Sink, count: number): Promise<number> {
  const goal = sink.count() + senders * rounds * perSender
  const start = performance.now()
  const all = Array.from({ length: senders }, async (_, sender) => {
    const recipient = `s${count === small ? 0 : sender}@burn.example`
    const load = { messages: perSender, sessions: 1, kept: true, numbered: true }
    for (let round = 0; round < rounds; round += 1) await sendLoad(burnbox.smtpPort, recipient, load)
  })
  await Promise.all([...all, sink.reached(goal)])
  return senders * rounds * perSender / ((performance.now() - start) / 1_000)
}
