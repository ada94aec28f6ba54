// Letters that can be told apart, sent until they are answered 250 whatever happens to the server, and what became of each of them: the
// invariant of every test of chaos. What was answered 250 is delivered, queued or held for each recipient: once, or counted as a duplicate.
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../../src/store/database.ts'
import type { NextHop } from './next-hop.ts'
import { openSender, sendOn, type Sender } from './sender.ts'

/** `kilobytes`: of body; more than 256 go through a spool file. */
export type Traced = { readonly id: string; readonly to: readonly string[]; readonly kilobytes?: number }
/** Those that were answered 250. */
export type Answered = Map<string, Traced>

const mark = 'X-Letter: '
const line = `${'x'.repeat(78)}\r\n`
const bodyOf = ({ id, kilobytes = 0 }: Traced): string => `Hello ${id}\r\n${line.repeat(Math.ceil(kilobytes * 1024 / line.length))}`
export const textOf = (letter: Traced): string => `From: a@shop.example\r\nSubject: letter\r\n${mark}${letter.id}\r\n\r\n${bodyOf(letter)}`

/** One sender's server: a letter after the other, each again until it is answered 250. Returns the other replies it was given. */
export async function sendTraced(port: number | (() => number), letters: readonly Traced[], answered: Answered, stop: AbortSignal): Promise<string[]> {
  const refusals: string[] = []
  let sender: Sender | undefined
  for (const letter of letters) {
    // Taken for some of its recipients only, it is sent again for the others.
    for (let to = letter.to; to.length > 0 && !stop.aborted;) {
      try {
        sender ??= await openSender(typeof port === 'number' ? port : port())
        const { mail, rcpt, data, dot } = await sendOn(sender, { to, message: textOf(letter) })
        // The first is the reason for what follows it.
        const refused = [mail, ...rcpt, data, dot].find((reply) => !/^(250|354|$)/.test(reply))
        if (refused !== undefined) refusals.push(refused)
        if (dot.startsWith('250')) {
          const taken = to.filter((_, n) => rcpt[n]?.startsWith('250'))
          answered.set(letter.id, { ...letter, to: [...answered.get(letter.id)?.to ?? [], ...taken] })
          to = to.filter((one) => !taken.includes(one))
        } else if (!(await sender.say('RSET')).startsWith('250')) throw new Error('no more of this connection')
        if (refused !== undefined) await wait(20)     // no circle of refusals
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

export type Fate = {
  /** Recipients of letters: `id address`. */
  readonly lost: readonly string[]
  /** Copies whose body is not what was sent. */
  readonly damaged: readonly string[]
  /** Deliveries that two connections were trying at one time. */
  readonly twiceAtOnce: readonly string[]
  readonly expected: number
  readonly atSink: number
  readonly queued: number
  readonly held: number
  /** Places more than one for a recipient, and second rows of a sender's second try. */
  readonly duplicates: number
}

export async function fateOf(answered: Answered, hop: NextHop, db: Database): Promise<Fate> {
  const { rows } = await sql<{ bytes: Buffer; address: string; queued: boolean }>`
    select c.bytes, a.address, q.queued from (
      select message_id, alias_id, true as queued from deliveries union all
      select message_id, alias_id, false from held where released_at is null) q
    join message_chunks c on c.message_id = q.message_id and c.seq = 0 join aliases a on a.id = q.alias_id`.execute(db)
  const places = new Map<string, number>()
  const add = (bytes: Buffer, address: string): void => {
    const name = `${idOf(bytes)} ${address}`
    places.set(name, (places.get(name) ?? 0) + 1)
  }
  for (const { bytes, address } of rows) add(bytes, address)
  for (const { bytes } of hop.accepted) add(bytes, /^X-Burnbox-Alias: (\S+)/m.exec(headerOf(bytes))?.[1] ?? '')
  const expected = [...answered.values()].flatMap(({ id, to }) => to.map((address) => `${id} ${address}`))
  const damaged = hop.accepted.filter(({ bytes }) => {
    const sent = answered.get(idOf(bytes))
    return sent && bytes.toString('latin1').slice(headerOf(bytes).length + 4) !== bodyOf(sent)
  })
  return {
    lost: expected.filter((name) => !places.has(name)),
    damaged: damaged.map(({ bytes }) => idOf(bytes)),
    twiceAtOnce: hop.twiceAtOnce,
    expected: expected.length, atSink: hop.accepted.length, queued: rows.filter((row) => row.queued).length, held: rows.filter((row) => !row.queued).length,
    duplicates: [...places.values()].reduce((sum, count) => sum + count - 1, 0),
  }
}

const headerOf = (bytes: Buffer): string => bytes.subarray(0, bytes.indexOf('\r\n\r\n')).toString('latin1')
const idOf = (bytes: Buffer): string => new RegExp(`^${mark}(\\S+)`, 'm').exec(headerOf(bytes))?.[1] ?? ''
