// Letters that can be told apart, sent until they are answered 250 whatever happens to the server, and what became of each of them.
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../../src/store/database.ts'
import type { NextHop } from './next-hop.ts'
import { openSender, sendOn, type Sender } from './sender.ts'

export type Traced = { readonly id: string; readonly to: readonly string[] }

const mark = 'X-Letter: '

/** One sender's server: a letter after the other, each again until it is answered 250. Returns the other replies it was given. */
export async function sendTraced(port: number, letters: readonly Traced[], answered: Set<string>, stop: AbortSignal): Promise<string[]> {
  const refusals: string[] = []
  let sender: Sender | undefined
  for (const { id, to } of letters) {
    while (!answered.has(id) && !stop.aborted) {
      try {
        sender ??= await openSender(port)
        const message = `From: a@shop.example\r\nSubject: letter\r\n${mark}${id}\r\n\r\nHello ${id}\r\n`
        const { mail, rcpt, data, dot } = await sendOn(sender, { to, message })
        if (dot.startsWith('250')) answered.add(id)
        else refusals.push([mail, ...rcpt, data, dot].find((reply) => !/^(250|354|$)/.test(reply)) ?? 'nothing')
        if (!dot.startsWith('250') && !(await sender.say('RSET')).startsWith('250')) throw new Error('no more of this connection')
      } catch (error) {
        if (/^[45]/.test((error as Error).message)) refusals.push((error as Error).message)
        sender?.close()
        sender = undefined
        // A server that is being started again refuses connections: no circle of refusals.
        await wait(10)
      }
    }
  }
  sender?.close()
  return refusals
}

export type Fate = { readonly lost: readonly string[]; readonly atSink: number; readonly stored: number; readonly duplicates: number }

/** Where the letters are that were answered 250. `stored` are those in the queue or in holding; a duplicate is a second copy for one alias. */
export async function fateOf(answered: ReadonlySet<string>, hop: NextHop, db: Database): Promise<Fate> {
  const { rows } = await sql<{ bytes: Buffer }>`
    select c.bytes from message_chunks c where c.seq = 0
      and (exists (select 1 from deliveries d where d.message_id = c.message_id)
        or exists (select 1 from held h where h.message_id = c.message_id))`.execute(db)
  const stored = new Set(rows.map((row) => idOf(row.bytes)))
  const copies = new Map<string, number>()
  for (const message of hop.accepted) {
    const name = `${idOf(message.bytes)} ${/^X-Burnbox-Alias: (\S+)/m.exec(message.bytes.toString('latin1'))?.[1] ?? ''}`
    copies.set(name, (copies.get(name) ?? 0) + 1)
  }
  const atSink = new Set([...copies.keys()].map((name) => name.split(' ')[0]!))
  return {
    lost: [...answered].filter((id) => !atSink.has(id) && !stored.has(id)),
    atSink: atSink.size, stored: stored.size,
    duplicates: [...copies.values()].reduce((sum, count) => sum + count - 1, 0),
  }
}

const idOf = (bytes: Buffer): string => new RegExp(`^${mark}(\\S+)`, 'm').exec(bytes.toString('latin1'))?.[1] ?? ''
