// Links that work once: set-up, first sign-in, inbox verification. Only a SHA-256 of the token is kept.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Database, Tx } from './database.ts'

export type LinkPurpose = 'setup' | 'sign-in' | 'verify-inbox'
export type NewLink = {
  readonly token: string
  readonly purpose: LinkPurpose
  readonly accountId?: string
  readonly inboxId?: string
  /** Keyed hash of the six digits that do the same. */
  readonly codeHash?: Buffer
  readonly expiresAt: Date
}
export type Link = { readonly purpose: LinkPurpose; readonly accountId: string | null; readonly inboxId: string | null }

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

export const putLink = async (tx: Tx, link: NewLink): Promise<void> => {
  await tx.insertInto('one_time_links').values({
    token_hash: hashOf(link.token),
    purpose: link.purpose,
    account_id: link.accountId ?? null,
    inbox_id: link.inboxId ?? null,
    code_hash: link.codeHash ?? null,
    expires_at: link.expiresAt,
  }).execute()
}

const linkOf = (row: { purpose: string; account_id: string | null; inbox_id: string | null } | undefined): Link | undefined =>
  row && { purpose: row.purpose as LinkPurpose, accountId: row.account_id, inboxId: row.inbox_id }

// Takes the link away: of two who try at the same time one gets it.
export const takeLink = async (tx: Tx, token: string, purposes: readonly LinkPurpose[], now: Date): Promise<Link | undefined> =>
  linkOf(await tx.deleteFrom('one_time_links')
    .where('token_hash', '=', hashOf(token)).where('purpose', 'in', purposes).where('expires_at', '>', now)
    .returning(['purpose', 'account_id', 'inbox_id']).executeTakeFirst())

// Looks without taking, for the page that asks for a password first.
export const readLink = async (db: Database, token: string, purposes: readonly LinkPurpose[], now: Date): Promise<Link | undefined> =>
  linkOf(await db.selectFrom('one_time_links').select(['purpose', 'account_id', 'inbox_id'])
    .where('token_hash', '=', hashOf(token)).where('purpose', 'in', purposes).where('expires_at', '>', now).executeTakeFirst())

export const dropSetupLinks = async (tx: Tx): Promise<void> => {
  await tx.deleteFrom('one_time_links').where('purpose', '=', 'setup').execute()
}

/** Holds the inbox to the end of the transaction, so that two who count take turns. */
export const openLinksOfInbox = async (tx: Tx, inboxId: string, now: Date): Promise<number> => {
  await tx.selectFrom('inboxes').select('id').where('id', '=', inboxId).forUpdate().execute()
  const { n } = await tx.selectFrom('one_time_links').select((eb) => eb.fn.countAll<string>().as('n'))
    .where('inbox_id', '=', inboxId).where('expires_at', '>', now).executeTakeFirstOrThrow()
  return Number(n)
}

/** Wrong codes that a link takes: with three links a day 15 of a million. */
const mostCodeTries = 5

/** Takes the link with this code away; each call is a try for every open link of the inbox, so commit it whatever comes of it. */
export const takeLinkByCode = async (tx: Tx, inboxId: string, codeHash: Buffer, now: Date): Promise<boolean> => {
  const tried = await tx.updateTable('one_time_links').set((eb) => ({ code_tries: eb('code_tries', '+', 1) }))
    .where('inbox_id', '=', inboxId).where('purpose', '=', 'verify-inbox').where('expires_at', '>', now).where('code_hash', 'is not', null)
    .where('code_tries', '<', mostCodeTries).returning(['token_hash', 'code_hash']).execute()
  const right = tried.find((row) => timingSafeEqual(row.code_hash!, codeHash))
  if (right) await tx.deleteFrom('one_time_links').where('token_hash', '=', right.token_hash).execute()
  return right !== undefined
}
