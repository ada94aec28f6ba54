// Accounts: better-auth's rows ("user", "account", "apikey") beside our settings. Written here in one transaction with what
// belongs to them, because the library's own adapter would commit the user before the inbox exists.
import { nanoid } from 'nanoid'
import type { AddressFormat } from '../policy/local-part.ts'
import type { Database, Tx } from './database.ts'
import { isUuid } from './uuid.ts'

export type Role = 'operator' | 'member'
export type Account = {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly suspendedAt: Date | null
  /** It is deleted then, with all it has; suspended until then. */
  readonly deleteAt: Date | null
  /** When its owner deleted it, who may call that off; null where whoever runs the host did. */
  readonly leftAt: Date | null
  readonly heldDays: number
  readonly heldBytes: number
  readonly aliasLimit: number | null
  /** Of domains of its own. */
  readonly domainLimit: number | null
  readonly addressFormat: AddressFormat
  readonly activityDays: number
  /** Wants to be told by mail. */
  readonly notices: boolean
  readonly defaultInboxId: string | null
  readonly createdAt: Date
  /** From this score on spam is held; null: never. */
  readonly spamThreshold: number | null
  /** Reverse aliases that nobody used for so long are let go. */
  readonly correspondentDays: number
  /** Must not leave in a reply. */
  readonly realName: string | null
  /** The other inboxes of an alias may see which of them answered. */
  readonly shareAnswers: boolean
  /** Calendars in forwarded mail name correspondents by their reverse aliases. */
  readonly rewriteInvitations: boolean
  /** To each recipient one. */
  readonly repliesHourly: number
}
export type NewAccount = {
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly now: Date
  readonly emailVerified: boolean
  readonly heldBytes?: number | undefined
  readonly aliasLimit?: number | null | undefined
}
/** What is undefined stays as it is. */
export type Settings = { readonly [Name in Setting]?: Account[Name] | undefined }
type Setting =
  | 'defaultInboxId' | 'spamThreshold' | 'heldDays' | 'heldBytes' | 'aliasLimit' | 'domainLimit' | 'addressFormat' | 'activityDays' | 'notices'
  | 'correspondentDays' | 'realName' | 'shareAnswers' | 'rewriteInvitations' | 'repliesHourly'

const selectAccounts = (db: Database) => db.selectFrom('user').innerJoin('account_settings as s', 's.account_id', 'user.id').select([
  'user.id', 'user.email', 'user.name', 's.role', 's.suspended_at', 's.delete_at', 's.left_at', 's.held_days', 's.held_bytes', 's.alias_limit',
  's.domain_limit', 's.address_format', 's.activity_days', 's.notices', 's.default_inbox_id', 's.created_at',
  's.spam_threshold', 's.correspondent_days', 's.real_name', 's.share_answers', 's.rewrite_invitations', 's.replies_hourly',
])
type AccountRow = Awaited<ReturnType<ReturnType<typeof selectAccounts>['executeTakeFirstOrThrow']>>

const accountOf = (row: AccountRow): Account => ({
  id: row.id, email: row.email, name: row.name, role: row.role as Role, suspendedAt: row.suspended_at, deleteAt: row.delete_at, leftAt: row.left_at,
  heldDays: row.held_days, aliasLimit: row.alias_limit, domainLimit: row.domain_limit, addressFormat: row.address_format as AddressFormat,
  heldBytes: Number(row.held_bytes), activityDays: row.activity_days, notices: row.notices, defaultInboxId: row.default_inbox_id, createdAt: row.created_at,
  spamThreshold: row.spam_threshold, correspondentDays: row.correspondent_days, realName: row.real_name, shareAnswers: row.share_answers,
  rewriteInvitations: row.rewrite_invitations, repliesHourly: row.replies_hourly,
})

export const accountById = async (db: Database, id: string): Promise<Account | undefined> => {
  const row = await selectAccounts(db).where('user.id', '=', id).executeTakeFirst()
  return row && accountOf(row)
}

// `email` in lower case, as better-auth keeps it.
export const accountByEmail = async (db: Database, email: string): Promise<Account | undefined> => {
  const row = await selectAccounts(db).where('user.email', '=', email).executeTakeFirst()
  return row && accountOf(row)
}

export const accounts = async (db: Database): Promise<readonly Account[]> =>
  (await selectAccounts(db).orderBy('s.created_at').execute()).map(accountOf)

/** Whose message it is, held or released; for the operator's command line. */
export const accountOfHeld = async (db: Database, uuid: string): Promise<string | undefined> => {
  if (!isUuid(uuid)) return undefined
  return (await db.selectFrom('held').select('account_id').where('uuid', '=', uuid).executeTakeFirst())?.account_id
}

/** By account. */
export const spamThresholds = async (db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, number | null>> => {
  const rows = await db.selectFrom('account_settings').select(['account_id', 'spam_threshold']).where('account_id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.account_id, row.spam_threshold]))
}

export const anyAccount = async (db: Database): Promise<boolean> =>
  await db.selectFrom('account_settings').select('account_id').limit(1).executeTakeFirst() !== undefined

export const operatorOf = async (db: Database): Promise<Account | undefined> => {
  const row = await selectAccounts(db).where('s.role', '=', 'operator').orderBy('s.created_at').limit(1).executeTakeFirst()
  return row && accountOf(row)
}

// One at a time makes the first account: the lock is held to the end of the transaction.
export const lockAccounts = async (tx: Tx): Promise<void> => {
  await tx.selectFrom('host_state')
    .select((eb) => eb.fn<void>('pg_advisory_xact_lock', [eb.lit(7_041_001)]).as('locked'))
    .limit(1).execute()
}

export const insertAccount = async (tx: Tx, account: NewAccount): Promise<string> => {
  const { id } = await tx.insertInto('user').values({
    id: nanoid(), name: account.name, email: account.email, emailVerified: account.emailVerified, createdAt: account.now, updatedAt: account.now,
  }).returning('id').executeTakeFirstOrThrow()
  await tx.insertInto('account_settings').values({
    account_id: id, role: account.role, created_at: account.now, ...(account.heldBytes !== undefined && { held_bytes: account.heldBytes }),
    ...(account.aliasLimit !== undefined && { alias_limit: account.aliasLimit }),
  }).execute()
  return id
}

// Sets the password and ends every session: who knew the old one is out.
export const setPassword = async (tx: Tx, accountId: string, passwordHash: string, now: Date): Promise<void> => {
  await dropPassword(tx, accountId)
  await tx.insertInto('account').values({
    id: nanoid(), accountId, providerId: 'credential', userId: accountId, password: passwordHash, createdAt: now, updatedAt: now,
  }).execute()
}

/** No password, no code from an app, no session: what is left to sign in with are passkeys. */
export const dropPassword = async (tx: Tx, accountId: string): Promise<void> => {
  await tx.deleteFrom('account').where('userId', '=', accountId).where('providerId', '=', 'credential').execute()
  await tx.deleteFrom('twoFactor').where('userId', '=', accountId).execute()
  await tx.updateTable('user').set({ twoFactorEnabled: false }).where('id', '=', accountId).execute()
  await tx.deleteFrom('session').where('userId', '=', accountId).execute()
}

export const updateSettings = async (tx: Tx, accountId: string, settings: Settings): Promise<void> => {
  if (Object.values(settings).every((value) => value === undefined)) return
  await tx.updateTable('account_settings').set({
    default_inbox_id: settings.defaultInboxId, spam_threshold: settings.spamThreshold, held_days: settings.heldDays, held_bytes: settings.heldBytes,
    alias_limit: settings.aliasLimit, domain_limit: settings.domainLimit, address_format: settings.addressFormat, activity_days: settings.activityDays,
    notices: settings.notices, correspondent_days: settings.correspondentDays, real_name: settings.realName, share_answers: settings.shareAnswers,
    rewrite_invitations: settings.rewriteInvitations, replies_hourly: settings.repliesHourly,
  }).where('account_id', '=', accountId).execute()
}

export const renameAccount = async (tx: Tx, accountId: string, name: string, now: Date): Promise<void> => {
  await tx.updateTable('user').set({ name, updatedAt: now }).where('id', '=', accountId).execute()
}

/** Throws the constraint's error when another account has this address. */
export const changeEmail = async (tx: Tx, accountId: string, email: string, now: Date): Promise<void> => {
  await tx.updateTable('user').set({ email, emailVerified: true, updatedAt: now }).where('id', '=', accountId).execute()
}

/** Locks the account's settings to the end of the transaction, so that those who count against its limits take turns. */
export const lockAccount = async (tx: Tx, accountId: string): Promise<void> => {
  await tx.selectFrom('account_settings').select('account_id').where('account_id', '=', accountId).forUpdate().execute()
}
