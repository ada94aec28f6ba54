// Inboxes: the real mailboxes an account's mail goes to. Nothing is sent to one before it is verified.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { Database, Tx } from './database.ts'
import { isUuid } from './uuid.ts'

export type Inbox = {
  readonly id: string
  readonly uuid: string
  readonly address: Mailbox
  readonly verifiedAt: Date | null
  readonly createdAt: Date
  readonly aliases: number
  /** Its server refuses mail, and what it said. */
  readonly refusedSince: Date | null
  readonly refusedReply: string | null
  /** Its reverse aliases carry a secret. */
  readonly hasReplySecret: boolean
}

const inboxes = (db: Database) => db.selectFrom('inboxes').select((eb) => [
  'inboxes.id', 'inboxes.uuid', 'inboxes.address', 'inboxes.verified_at', 'inboxes.created_at', 'inboxes.refused_since', 'inboxes.refused_reply',
  eb('inboxes.reply_secret', 'is not', null).as('has_reply_secret'),
  eb.selectFrom('alias_inboxes').whereRef('alias_inboxes.inbox_id', '=', 'inboxes.id')
    .select((n) => n.fn.countAll<string>().as('n')).as('aliases'),
])
type InboxRow = Awaited<ReturnType<ReturnType<typeof inboxes>['executeTakeFirstOrThrow']>>

const inboxOf = (row: InboxRow): Inbox => ({
  id: row.id, uuid: row.uuid, address: row.address as Mailbox, verifiedAt: row.verified_at, createdAt: row.created_at,
  aliases: Number(row.aliases), refusedSince: row.refused_since, refusedReply: row.refused_reply, hasReplySecret: row.has_reply_secret === true,
})

export const inboxesOf = async (db: Database, accountId: string): Promise<readonly Inbox[]> =>
  (await inboxes(db).where('account_id', '=', accountId).orderBy('inboxes.id').execute()).map(inboxOf)

export const inboxByUuid = async (db: Database, accountId: string, uuid: string): Promise<Inbox | undefined> => {
  if (!isUuid(uuid)) return undefined
  const row = await inboxes(db).where('account_id', '=', accountId).where('uuid', '=', uuid).executeTakeFirst()
  return row && inboxOf(row)
}

/** Ids of those of the given UUIDs that belong to the account. */
export const ownInboxIds = async (db: Database, accountId: string, uuids: readonly string[]): Promise<readonly string[]> => {
  const ids = uuids.filter(isUuid)
  if (ids.length === 0) return []
  const rows = await db.selectFrom('inboxes').select('id')
    .where('account_id', '=', accountId).where('uuid', 'in', ids).orderBy('id').execute()
  return rows.map((row) => row.id)
}

export const insertInbox = async (
  tx: Tx, inbox: { readonly accountId: string; readonly address: Mailbox; readonly verifiedAt: Date | null; readonly now: Date },
): Promise<{ readonly id: string; readonly uuid: string }> =>
  tx.insertInto('inboxes').values({
    account_id: inbox.accountId, address: inbox.address, verified_at: inbox.verifiedAt, created_at: inbox.now,
  }).returning(['id', 'uuid']).executeTakeFirstOrThrow()

/** Marks it verified; it becomes the default inbox of an account that has none. */
export const verifyInbox = async (
  tx: Tx, inboxId: string, now: Date,
): Promise<{ readonly accountId: string; readonly address: Mailbox } | undefined> => {
  const row = await tx.updateTable('inboxes').set({ verified_at: sql<Date>`coalesce(verified_at, ${now})` })
    .where('id', '=', inboxId).returning(['account_id', 'address']).executeTakeFirst()
  if (!row) return undefined
  await tx.updateTable('account_settings').set({ default_inbox_id: inboxId })
    .where('account_id', '=', row.account_id).where('default_inbox_id', 'is', null).execute()
  return { accountId: row.account_id, address: row.address as Mailbox }
}

/** Throws the foreign key's error while an alias or the settings still name it. */
export const deleteInbox = async (tx: Tx, inboxId: string): Promise<void> => {
  await tx.deleteFrom('inboxes').where('id', '=', inboxId).execute()
}

/** Every alias of the one leads to the other from now on; an alias that has both keeps one. */
export const moveAliases = async (tx: Tx, from: string, to: string): Promise<void> => {
  await sql`
    insert into alias_inboxes (alias_id, inbox_id, account_id)
    select alias_id, ${to}, account_id from alias_inboxes where inbox_id = ${from}
    on conflict do nothing`.execute(tx)
  await tx.deleteFrom('alias_inboxes').where('inbox_id', '=', from).execute()
}

/** When it is the default inbox, another verified one takes its place: `to`, else the oldest, else none. */
export const replaceDefaultInbox = async (tx: Tx, accountId: string, from: string, to: string | undefined): Promise<void> => {
  await sql`
    update account_settings set default_inbox_id = ${to ?? null}::bigint
    where account_id = ${accountId} and default_inbox_id = ${from}`.execute(tx)
  if (to !== undefined) return
  await sql`
    update account_settings s set default_inbox_id =
      (select i.id from inboxes i where i.account_id = s.account_id and i.id <> ${from} and i.verified_at is not null order by i.id limit 1)
    where s.account_id = ${accountId} and s.default_inbox_id is null`.execute(tx)
}

export const aliasesOfInbox = async (
  db: Database, inboxId: string, limit: number,
): Promise<readonly { readonly id: string; readonly address: string }[]> =>
  db.selectFrom('alias_inboxes').innerJoin('aliases', 'aliases.id', 'alias_inboxes.alias_id')
    .select(['aliases.uuid as id', 'aliases.address'])
    .where('alias_inboxes.inbox_id', '=', inboxId).orderBy('aliases.id').limit(limit).execute()

/** Null takes it away; one that is there stays, so that reverse aliases that are written down go on working. */
export const setReplySecret = async (db: Database, inboxId: string, secret: Buffer | null): Promise<void> => {
  let update = db.updateTable('inboxes').set({ reply_secret: secret }).where('id', '=', inboxId)
  if (secret !== null) update = update.where('reply_secret', 'is', null)
  await update.execute()
}

export type SecretInbox = { readonly aliasId: number; readonly uuid: string; readonly address: string; readonly replySecret: Buffer }

/** Those inboxes of these aliases whose reverse aliases carry a secret. */
export const secretInboxes = async (db: Database, aliasIds: readonly number[]): Promise<readonly SecretInbox[]> => {
  if (aliasIds.length === 0) return []
  const rows = await db.selectFrom('alias_inboxes as ai').innerJoin('inboxes as i', 'i.id', 'ai.inbox_id')
    .select(['ai.alias_id', 'i.uuid', 'i.address', 'i.reply_secret'])
    .where('ai.alias_id', 'in', [...aliasIds]).where('i.reply_secret', 'is not', null).where('i.verified_at', 'is not', null).orderBy('i.id').execute()
  return rows.map((row) => ({ aliasId: row.alias_id, uuid: row.uuid, address: row.address, replySecret: row.reply_secret! }))
}
