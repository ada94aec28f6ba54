// The built-in local inbox: what relay `local` delivers, as an inbox's server would have got it. Kept 7 days.

import type { Content } from '../mail/content.ts'
import type { Mailbox } from '../mail/address.ts'
import type { Database } from './database.ts'
import { insertMessage, type MessageFacts } from './messages.ts'

export const LOCAL_DAYS = 7

export const insertLocalMessage = (
  db: Database, { from, to }: { readonly from: Mailbox | undefined; readonly to: Mailbox }, facts: MessageFacts,
  content: Pick<Content, 'size' | 'eightBit' | 'read'>,
): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const messageId = await insertMessage(tx, facts, content)
    await tx.insertInto('local_messages').values({
      message_id: messageId, address: to, from_address: from ?? null, received_at: facts.receivedAt,
    }).execute()
  })

export type LocalLine = {
  readonly id: string
  readonly messageId: string
  readonly to: string
  readonly from: string
  readonly subject: string
  readonly size: number
  readonly receivedAt: Date
  readonly cursor: string
}

const lines = (db: Database, accountId: string) =>
  db.selectFrom('local_messages as l').innerJoin('messages as m', 'm.id', 'l.message_id')
    .where((eb) => eb.or([
      eb.exists(eb.selectFrom('inboxes as i').select('i.id').where('i.account_id', '=', accountId).whereRef('i.address', '=', 'l.address')),
      eb.exists(eb.selectFrom('aliases as a').select('a.id').where('a.account_id', '=', accountId).whereRef('a.address', '=', 'l.from_address')),
    ]))
    .select(['l.id', 'l.uuid', 'l.message_id', 'l.address', 'm.from_text', 'm.subject', 'm.size', 'l.received_at'])

type LineRow = Awaited<ReturnType<ReturnType<typeof lines>['executeTakeFirstOrThrow']>>

const line = (row: LineRow): LocalLine => ({
  id: row.uuid, messageId: row.message_id, to: row.address, from: row.from_text, subject: row.subject, size: Number(row.size),
  receivedAt: row.received_at, cursor: row.id,
})

/** Newest first: to the inboxes of one account, and from its aliases. `before` is a cursor. */
export const listLocal = async (
  db: Database, accountId: string, page: { readonly limit: number; readonly before?: string | undefined },
): Promise<readonly LocalLine[]> => {
  let query = lines(db, accountId).orderBy('l.id', 'desc').limit(page.limit)
  if (page.before !== undefined) query = query.where('l.id', '<', page.before)
  return (await query.execute()).map(line)
}

export const localById = async (db: Database, accountId: string, uuid: string): Promise<LocalLine | undefined> => {
  const row = await lines(db, accountId).where('l.uuid', '=', uuid).executeTakeFirst()
  return row && line(row)
}
