// Message bytes in chunks of 512 KiB, written and read as a stream in one transaction: twenty 30 MB messages as single
// values took 688 MB to write and 1,444 MB to read, in chunks 165 and 269 MB.

import { sql, type Selectable } from 'kysely'
import type { Content } from '../mail/content.ts'
import type { ReceivedFacts } from '../mail/trace.ts'
import { batched } from './batched.ts'
import type { Database, Tx } from './database.ts'
import type { DB } from './tables.ts'

export const CHUNK_BYTES = 512 * 1024

/** As the Received field names it (RFC 5321 §4.4, RFC 3848, RFC 6531 §4.3). */
export type Protocol = ReceivedFacts['protocol']

export type MessageFacts = {
  readonly receivedAt: Date
  /** Empty for the null reverse-path. */
  readonly reversePath: string
  readonly helo: string
  readonly clientIp: string
  readonly protocol: Protocol
  readonly smtpUtf8: boolean
  readonly authenticated: boolean
  /** What we found, as the value of our Authentication-Results field; empty when it was not verified. */
  readonly authentication: string
  /** What the spam filter gave it when it called it spam. */
  readonly spamScore?: number
  /** Decoded for people; already clipped and free of control characters. */
  readonly from: string
  readonly subject: string
  /** That it came with, for the activity; not stored with the message. */
  readonly messageId?: string
}

export type StoredMessage = MessageFacts & { readonly id: string; readonly size: number; readonly eightBit: boolean }

export const insertMessage = async (tx: Tx, facts: MessageFacts, content: Pick<Content, 'size' | 'eightBit' | 'read'>): Promise<string> => {
  const { id } = await tx.insertInto('messages').values({
    received_at: facts.receivedAt, reverse_path: facts.reversePath, helo: facts.helo, client_ip: facts.clientIp, protocol: facts.protocol,
    smtp_utf8: facts.smtpUtf8, eight_bit: content.eightBit, authenticated: facts.authenticated,
    authentication: facts.authentication, spam_score: facts.spamScore ?? null,
    from_text: facts.from, subject: facts.subject, size: content.size,
  }).returning('id').executeTakeFirstOrThrow()
  let seq = 0
  for await (const chunk of rechunked(content.read(0), CHUNK_BYTES)) {
    await tx.insertInto('message_chunks').values({ message_id: id, seq: seq++, bytes: chunk }).execute()
  }
  return id
}

/** The same bytes in pieces of exactly `size`, the last one shorter. */
async function* rechunked(pieces: AsyncIterable<Buffer> | Iterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = []
  let length = 0
  for await (let piece of pieces) {
    while (length + piece.length >= size) {
      const taken = size - length
      yield Buffer.concat([...gathered, piece.subarray(0, taken)], size)
      piece = piece.subarray(taken)
      gathered = []
      length = 0
    }
    if (piece.length > 0) {
      gathered.push(piece)
      length += piece.length
    }
  }
  if (length > 0) yield Buffer.concat(gathered, length)
}

/** A value comes as text, twice its size, and is a string and a buffer before it is octets: of 512 KiB at once twenty readers took 75 MB. */
const READ_BYTES = 128 * 1024

/** A piece of a chunk a query: a reader holds at most one in memory and no connection between them. */
export async function* readMessage(db: Database | Tx, messageId: string, offset = 0): AsyncGenerator<Buffer> {
  for (let at = offset; ;) {
    const seq = Math.floor(at / CHUNK_BYTES)
    const { rows: [row] } = await sql<{ bytes: Buffer; size: number }>`
      select substring(bytes from ${at - seq * CHUNK_BYTES + 1}::int for ${READ_BYTES}::int) as bytes, octet_length(bytes) as size
      from message_chunks where message_id = ${messageId} and seq = ${seq}`.execute(db)
    if (!row || row.bytes.length === 0) return
    yield row.bytes
    at += row.bytes.length
    if (at === seq * CHUNK_BYTES + row.size && row.size < CHUNK_BYTES) return
  }
}

export const messageById = async (db: Database | Tx, id: string): Promise<StoredMessage | undefined> => {
  const row = await db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirst()
  return row && storedMessage(row)
}

/**
 * For who ends a delivery of it and may hold it: two who hold copies of one message and then let go of it would each wait for the other
 * (a row of holding shares the lock that `forgetUnusedMessages` wants alone).
 */
export const lockMessage = async (tx: Tx, id: string): Promise<StoredMessage | undefined> => {
  const row = await tx.selectFrom('messages').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  return row && storedMessage(row)
}

const storedMessage = (row: Selectable<DB['messages']>): StoredMessage => ({
  id: row.id, size: Number(row.size), eightBit: row.eight_bit, receivedAt: row.received_at, reversePath: row.reverse_path,
  helo: row.helo, clientIp: row.client_ip, protocol: row.protocol as Protocol, smtpUtf8: row.smtp_utf8, authenticated: row.authenticated,
  authentication: row.authentication, ...(row.spam_score !== null && { spamScore: row.spam_score }),
  from: row.from_text, subject: row.subject,
})

export type MessageStart = { readonly message: StoredMessage; /** The first chunk. */ readonly bytes: Buffer }

/** Asked for together, because a draining queue asks for nothing else; one that cannot be read is alone with it (case I13). */
export const messageStarts = (db: Database): ((id: string) => Promise<MessageStart | undefined>) => {
  const together = batched((ids: readonly string[]) => readStarts(db, ids), { rounds: 2, size: 20 })
  return (id) => together(id).catch(async () => (await readStarts(db, [id]))[0])
}

export const messageStart = async (db: Database, id: string): Promise<MessageStart | undefined> => (await readStarts(db, [id]))[0]

const readStarts = async (db: Database, ids: readonly string[]): Promise<readonly (MessageStart | undefined)[]> => {
  const rows = await db.selectFrom('messages as m').leftJoin('message_chunks as c', (join) => join.onRef('c.message_id', '=', 'm.id').on('c.seq', '=', 0))
    .selectAll('m').select('c.bytes').where(sql<boolean>`m.id = any(${ids}::bigint[])`).execute()
  const found = new Map(rows.map((row) => [row.id, { message: storedMessage(row), bytes: row.bytes ?? Buffer.alloc(0) }]))
  return ids.map((id) => found.get(id))
}

/**
 * Removes the bytes once nothing refers to them. The row lock makes two settlements of one message take turns:
 * without it each would still see the other's reference, and the bytes would stay for ever.
 */
export const forgetUnusedMessages = async (tx: Tx, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  await sql`select 1 from messages where id = any(${ids}::bigint[]) order by id for update`.execute(tx)
  await sql`
    delete from messages m where m.id = any(${ids}::bigint[])
      and not exists (select 1 from deliveries d where d.message_id = m.id)
      and not exists (select 1 from held h where h.message_id = m.id)
      and not exists (select 1 from local_messages l where l.message_id = m.id)`.execute(tx)
}
