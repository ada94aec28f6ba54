// What a reply costs beside a forward: the same octets of text, the same judging and signing, one after the other on one running program. The
// owner's server and the shop's are the sender and the sink; CPU of all processes, Postgres among them.
//   npm run bench -- --only replies
import { sql } from 'kysely'
import { setTimeout as wait } from 'node:timers/promises'
import { openSender, sendOn } from '../support/sender.ts'
import { alone } from './alone.ts'
import { median, onDatabase } from './many-aliases.ts'
import type { BenchOptions, Part } from './part.ts'
import { cpuSeconds } from './processes.ts'
import { startSink } from './smtp-sink.ts'
import { printTable } from './table.ts'

const octets = 8_192
const most = 2
const sessions = 20
const settleMilliseconds = 400

type Mail = { readonly from: string; readonly to: string; readonly message: string }

/** In turns, so that a slow minute is both's. */
export function replies(options: BenchOptions): Promise<Part> {
  const texts = { 'inbox.example': 'v=spf1 ip4:127.0.0.1 -all', '_dmarc.inbox.example': 'v=DMARC1; p=reject' }
  return alone(options, { texts }, async ({ burnbox, alias, hopPort }) => {
    const reverse = await burnbox.cli('alias', 'write', alias, 'shop@sender.example')
    const sink = await startSink(hopPort)
    try {
      const forward: Mail = { from: 'shop@sender.example', to: alias, message: letter('shop@sender.example', alias) }
      const reply: Mail = { from: 'me@inbox.example', to: reverse, message: letter('me@inbox.example', reverse) }
      await sendAll(burnbox.smtpPort, reply, 1)
      // Counted as ever, and never at a limit.
      await onDatabase(burnbox, async (db) => void await sql`update tries set count = -1000000000`.execute(db))
      const rounds = options.quick ? 1 : 5
      const count = options.messages ?? (options.quick ? 500 : 2_000)
      const found: Record<'forward' | 'reply', number[]> = { forward: [], reply: [] }
      for (let round = 0; round <= rounds; round += 1) {
        for (const [name, mail] of [['forward', forward], ['reply', reply]] as const) {
          const cpu = await cost([burnbox.pid, burnbox.postgresPid], () => sendAll(burnbox.smtpPort, mail, count))
          // The first round warms up.
          if (round > 0) found[name].push(cpu * 1_000 / count)
        }
      }
      const ratio = median(found.reply.map((cpu, n) => cpu / found.forward[n]!))
      printTable([`${octets} octets of text, judged and signed`, 'CPU s per 1,000'], [
        ['forward', median(found.forward).toFixed(2)], ['reply', median(found.reply).toFixed(2)], ['ratio', ratio.toFixed(2)],
      ])
      return {
        name: 'replies', data: found,
        goals: [{ what: 'CPU of a reply beside a forward', found: ratio.toFixed(2), goal: `<= ${most}`, reached: ratio <= most }],
      }
    } finally {
      await sink.stop()
    }
  })
}

async function cost(pids: readonly number[], work: () => Promise<void>): Promise<number> {
  const before = pids.map(cpuSeconds)
  await work()
  await wait(settleMilliseconds)
  return pids.reduce((sum, pid, n) => sum + cpuSeconds(pid) - before[n]!, 0)
}

async function sendAll(port: number, { from, to, message }: Mail, count: number): Promise<void> {
  let left = count
  await Promise.all(Array.from({ length: Math.min(sessions, count) }, async () => {
    const sender = await openSender(port)
    while (left > 0) {
      left -= 1
      const { rcpt, dot } = await sendOn(sender, { from, to, message })
      if (!dot.startsWith('250')) throw new Error(`not taken: ${rcpt.join()} ${dot}`)
    }
    sender.close()
  }))
}

const letter = (from: string, to: string): string => {
  const fields = [`From: Some Name <${from}>`, `To: ${to}`, 'Subject: Re: Your order', 'Date: Thu, 01 Jan 2026 12:00:00 +0200', 'Message-ID: <1@mail.example>',
    'In-Reply-To: <0@sender.example>', 'References: <0@sender.example>', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8']
  const line = 'The quick brown fox jumps over the lazy dog, and then it rests for a whi\r\n'
  return `${fields.join('\r\n')}\r\n\r\n${line.repeat(Math.ceil(octets / line.length)).slice(0, octets - 2)}\r\n`
}
