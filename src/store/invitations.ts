// Invitations: a link that makes one account, with what that account may have. Only a SHA-256 of the token is kept.
import { createHash } from 'node:crypto'
import type { Mailbox } from '../mail/address.ts'
import type { Database, Tx } from './database.ts'
import { isUuid } from './uuid.ts'

export type Quota = { readonly heldBytes: number; readonly aliasLimit: number | null }
export type Invitation = Quota & {
  readonly id: string
  readonly email: Mailbox | null
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly usedAt: Date | null
  /** Who came by it. */
  readonly accountEmail: string | null
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const selectInvitations = (db: Database | Tx) => db.selectFrom('invitations as i').leftJoin('user as u', 'u.id', 'i.account_id').select([
  'i.id', 'i.email', 'i.held_bytes', 'i.alias_limit', 'i.created_at', 'i.expires_at', 'i.used_at', 'u.email as account_email',
])
type Row = Awaited<ReturnType<ReturnType<typeof selectInvitations>['executeTakeFirstOrThrow']>>

const invitationOf = (row: Row): Invitation => ({
  id: row.id, email: row.email as Mailbox | null, heldBytes: Number(row.held_bytes), aliasLimit: row.alias_limit, createdAt: row.created_at,
  expiresAt: row.expires_at, usedAt: row.used_at, accountEmail: row.account_email,
})

export const putInvitation = async (
  tx: Tx, invitation: Quota & {
    readonly token: string; readonly madeBy: string | null; readonly email: Mailbox | null; readonly now: Date; readonly expiresAt: Date
  },
): Promise<string> => {
  const { id } = await tx.insertInto('invitations').values({
    token_hash: hashOf(invitation.token), made_by: invitation.madeBy, email: invitation.email, held_bytes: invitation.heldBytes,
    alias_limit: invitation.aliasLimit, created_at: invitation.now, expires_at: invitation.expiresAt,
  }).returning('id').executeTakeFirstOrThrow()
  return id
}

/** Newest first: those that still work, and those of the last 30 days. */
export const listInvitations = async (db: Database, now: Date, limit: number): Promise<readonly Invitation[]> =>
  (await selectInvitations(db).where('i.expires_at', '>', new Date(now.getTime() - 30 * 86_400_000))
    .orderBy('i.created_at', 'desc').orderBy('i.id').limit(limit).execute()).map(invitationOf)

export const readInvitation = async (db: Database, token: string, now: Date): Promise<Invitation | undefined> => {
  const row = await selectInvitations(db).where('i.token_hash', '=', hashOf(token)).where('i.used_at', 'is', null).where('i.expires_at', '>', now)
    .executeTakeFirst()
  return row && invitationOf(row)
}

/** Of two who use it at the same time one gets it. */
export const takeInvitation = async (tx: Tx, token: string, now: Date): Promise<Invitation | undefined> => {
  const taken = await tx.updateTable('invitations').set({ used_at: now })
    .where('token_hash', '=', hashOf(token)).where('used_at', 'is', null).where('expires_at', '>', now).returning('id').executeTakeFirst()
  return taken && invitationOf(await selectInvitations(tx).where('i.id', '=', taken.id).executeTakeFirstOrThrow())
}

export const noteInvited = async (tx: Tx, invitationId: string, accountId: string): Promise<void> => {
  await tx.updateTable('invitations').set({ account_id: accountId }).where('id', '=', invitationId).execute()
}

/** Whether there was one to withdraw: used ones stay as they are. */
export const withdrawInvitation = async (db: Database, id: string): Promise<boolean> => {
  if (!isUuid(id)) return false
  const { numDeletedRows } = await db.deleteFrom('invitations').where('id', '=', id).where('used_at', 'is', null).executeTakeFirst()
  return numDeletedRows > 0n
}
