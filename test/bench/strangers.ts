// What 100,000 correspondents of one alias cost its mail: whole transactions (RCPT and DATA, judged and signed) to that alias and to one that
// nobody has written to, in turns on one running program. Known authors, and authors that write for the first time.
//   npm run bench -- --only strangers
import { sql } from 'kysely'
import { openSender, sendOn } from '../support/sender.ts'
import { alone } from './alone.ts'
import { median, onDatabase } from './many-aliases.ts'
import type { BenchOptions, Part } from './part.ts'
import { startSink } from './smtp-sink.ts'
import { email } from './stage.ts'
import { printTable } from './table.ts'

const correspondents = 100_000
const mostDifference = 0.15

export function strangers(options: BenchOptions): Promise<Part> {
  return alone(options, {}, async ({ burnbox, alias: full, hopPort }) => {
    const empty = await burnbox.cli('alias', 'new', email, 'shop.example')
    const sink = await startSink(hopPort)
    const sender = await openSender(burnbox.smtpPort)
    try {
      await onDatabase(burnbox, async (db) => {
        await sql`
          insert into senders (alias_id, address_hash, address_encrypted, domain, organisation, proven, stranger, first_at)
          select a.id, sha256(n::text::bytea), sha256(n::text::bytea), 'x' || n || '.example', 'x' || n || '.example', true, n % 2 = 0, now()
          from aliases a, generate_series(1, ${sql.lit(correspondents)}) n where a.address = ${full}`.execute(db)
        await sql`
          insert into correspondents (alias_id, account_id, address_hash, address_encrypted, reverse_local_part, created_at, last_used_at)
          select a.id, a.account_id, sha256(n::text::bytea), sha256(n::text::bytea), 'r.' || md5(n::text), now(), now()
          from aliases a, generate_series(1, ${sql.lit(correspondents)}) n where a.address = ${full}`.execute(db)
        await sql`analyze senders, correspondents`.execute(db)
      })
      const count = options.messages ?? (options.quick ? 200 : 1_000)
      const found: Record<'known' | 'first', Record<'full' | 'empty', number[]>> = { known: { full: [], empty: [] }, first: { full: [], empty: [] } }
      for (let n = -20; n < count; n += 1) {
        for (const [kind, from] of [['known', 'shop@sender.example'], ['first', `n${n + 20}@sender.example`]] as const) {
          for (const [name, to] of n % 2 === 0 ? [['full', full], ['empty', empty]] as const : [['empty', empty], ['full', full]] as const) {
            const began = performance.now()
            const { dot } = await sendOn(sender, { from, to, message: letter(from, to) })
            if (!dot.startsWith('250')) throw new Error(`not taken: ${dot}`)
            // The first ones warm up.
            if (n >= 0) found[kind][name].push(performance.now() - began)
          }
        }
      }
      const difference = (kind: 'known' | 'first'): number => median(found[kind].full) / median(found[kind].empty) - 1
      printTable([`one message, ms, median of ${count}`, 'nobody wrote', `${correspondents} wrote`, 'difference'], (['known', 'first'] as const).map((kind) => [
        kind === 'known' ? 'a known author' : 'an author\'s first', median(found[kind].empty).toFixed(2), median(found[kind].full).toFixed(2),
        `${(difference(kind) * 100).toFixed(1)} %`,
      ]))
      return {
        name: 'strangers', data: { medians: { known: difference('known'), first: difference('first') } },
        goals: (['known', 'first'] as const).map((kind) => ({
          what: `a message to an alias with ${correspondents} correspondents, ${kind === 'known' ? 'known author' : 'first of its author'}, slower by`,
          found: `${(difference(kind) * 100).toFixed(1)} %`, goal: `<= ${mostDifference * 100} %`, reached: difference(kind) <= mostDifference,
        })),
      }
    } finally {
      sender.close()
      await sink.stop()
    }
  })
}

const letter = (from: string, to: string): string =>
  [`From: Some Name <${from}>`, `To: ${to}`, 'Subject: Your order', 'Date: Thu, 01 Jan 2026 12:00:00 +0200', 'Message-ID: <1@mail.example>', '',
    'The quick brown fox\r\n'].join('\r\n')
