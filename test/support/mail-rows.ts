// What the mail path left in the database, as a test looks at it: the queue, the holding mailbox, the activity.
import type { Database } from '../../src/store/database.ts'

export type DeliveryRow = Awaited<ReturnType<typeof listDeliveries>>[number]
export type ActivityRow = Awaited<ReturnType<typeof listActivityRows>>[number]

export const listDeliveries = (db: Database) =>
  db.selectFrom('deliveries').select(['id', 'kind', 'state', 'attempts', 'unknown_outcomes', 'next_attempt_at', 'created_at', 'expires_at', 'lease_until',
    'lease_token', 'last_reply', 'inbox_id', 'held_id', 'message_id']).orderBy('created_at').orderBy('id').execute()

/** What waits in holding: released mail has left it. */
export const listHeldRows = (db: Database) =>
  db.selectFrom('held').select(['id', 'uuid', 'alias_id', 'reason', 'reason_text', 'size', 'burned_at', 'inbox_id', 'message_id'])
    .where('released_at', 'is', null).orderBy('id').execute()

export const listActivityRows = (db: Database) =>
  db.selectFrom('activity').select(['kind', 'reason', 'reply', 'delivery_id', 'alias_address', 'sender', 'size']).orderBy('id').execute()

export const countMessages = async (db: Database): Promise<number> =>
  Number((await db.selectFrom('messages').select((eb) => eb.fn.countAll().as('n')).executeTakeFirstOrThrow()).n)

/** Between tests that share a database: accounts and aliases stay. */
export async function emptyMail(db: Database): Promise<void> {
  for (const table of ['deliveries', 'held', 'local_messages', 'message_chunks', 'messages', 'activity'] as const) await db.deleteFrom(table).execute()
}
