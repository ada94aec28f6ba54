// One alias: made, read, changed, forgotten. Its address is unique by constraint, and once forgotten never given out again.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { AliasState } from '../policy/alias.ts'
import type { StrangerMode } from '../policy/stranger.ts'
import { insertActivity } from './activity.ts'
import type { Database, Tx } from './database.ts'
import { deleteHeldOf } from './holding.ts'
import { forgetUnusedMessages } from './messages.ts'
import { countStrangers } from './sender-list.ts'
import { isUuid } from './uuid.ts'

export type AliasInbox = {
  readonly id: string
  /** The same as an integer, which SimpleLogin's clients need. */
  readonly number: number
  readonly address: string
  readonly verified: boolean
  /** RFC 3339. */
  readonly verifiedAt: string | null
  readonly createdAt: string
}
export type Alias = {
  readonly id: number
  readonly uuid: string
  readonly accountId: string
  readonly address: Mailbox
  readonly state: AliasState
  readonly system: boolean
  readonly site: string | null
  readonly label: string | null
  readonly note: string | null
  readonly displayName: string | null
  readonly pinned: boolean
  readonly createdAt: Date
  readonly burnedAt: Date | null
  /** When it was last closed. */
  readonly closedAt: Date | null
  readonly lastMessageAt: Date | null
  readonly delivered: number
  readonly held: number
  readonly replied: number
  /** Messages that wait in holding now; `held` counts those that ever came there. */
  readonly holding: number
  /** Correspondents that it was not given to; a thousand stand for more. */
  readonly strangers: number
  /** What becomes of their mail; null: as the account says. */
  readonly strangerMail: StrangerMode | null
  /** Mail that goes to many is held. */
  readonly quiet: boolean
  readonly endsAt: Date | null
  /** Messages that it takes before it burns. */
  readonly endsLeft: number | null
  readonly endsIdleDays: number | null
  /** How it came to be: made by its owner, or by the first mail to it. */
  readonly origin: 'owner' | 'made-up'
  readonly madeUpBy: MadeUpBy | null
  /** Of a made-up one without a site: the organisation that it learned first. */
  readonly suggestedSite: string | null
  /** Its mail is held: it was made when enough of that day had been. */
  readonly flooded: boolean
  readonly learned: number
  readonly learningSince: Date
  readonly inboxes: readonly AliasInbox[]
}
export type MadeUpBy = {
  /** The domain of the reverse-path; null: the null reverse-path. */
  readonly from: string | null
  /** As it said in EHLO. */
  readonly host: string
  readonly ip: string
}
export type NewAlias = {
  readonly accountId: string
  readonly domain: { readonly id: string; readonly name: string }
  readonly localPart: string
  readonly system?: boolean
  readonly site: string | null
  readonly label: string | null
  readonly note: string | null
  readonly displayName: string | null
  readonly pinned: boolean
  readonly inboxIds: readonly string[]
  readonly madeUpBy?: MadeUpBy
  readonly now: Date
  /** The keyed hash under which this address would be kept if it had been forgotten. */
  readonly retiredHash: Buffer
}
export type AliasChange = {
  readonly site?: string | null
  readonly label?: string | null
  readonly note?: string | null
  readonly displayName?: string | null
  readonly pinned?: boolean
  readonly strangerMail?: StrangerMode | null
  readonly quiet?: boolean
  readonly endsAt?: Date | null
  readonly endsLeft?: number | null
  /** Since now. */
  readonly endsIdle?: { readonly days: number; readonly since: Date } | null
}

export const selectAliases = (db: Database) => db.selectFrom('aliases').innerJoin('alias_counts as c', 'c.alias_id', 'aliases.id').select([
  'aliases.id', 'aliases.uuid', 'aliases.account_id', 'aliases.address', 'aliases.state', 'aliases.system', 'aliases.site', 'aliases.label',
  'aliases.note', 'aliases.display_name', 'aliases.pinned', 'aliases.created_at', 'aliases.burned_at', 'aliases.closed_at',
  'c.last_message_at', 'c.delivered', 'c.held', 'c.replied',
  sql<string>`(select count(*) from held h where h.alias_id = aliases.id and h.released_at is null)`.as('holding'),
  countStrangers.as('strangers'), 'aliases.strangers as stranger_mail', 'aliases.quiet', 'aliases.ends_at', 'aliases.ends_left', 'aliases.ends_idle_days',
  'aliases.learned', 'aliases.learning_since', 'aliases.origin', 'aliases.origin_from', 'aliases.origin_host', 'aliases.origin_ip', 'aliases.flooded',
  sql<string | null>`case when aliases.origin = 'made-up' and aliases.site is null then
    (select e.name from expected_senders e where e.alias_id = aliases.id and e.origin = 'first' and e.kind = 'domain' limit 1) end`.as('suggested_site'),
  sql<AliasInbox[]>`(
    select coalesce(json_agg(json_build_object('id', i.uuid, 'number', i.id, 'address', i.address, 'verified', i.verified_at is not null,
      'verifiedAt', i.verified_at, 'createdAt', i.created_at) order by i.id), '[]')
    from alias_inboxes ai join inboxes i on i.id = ai.inbox_id where ai.alias_id = aliases.id)`.as('inboxes'),
])
export type AliasRow = Awaited<ReturnType<ReturnType<typeof selectAliases>['executeTakeFirstOrThrow']>>

export const aliasOf = (row: AliasRow): Alias => ({
  id: row.id, uuid: row.uuid, accountId: row.account_id, address: row.address as Mailbox, state: row.state as AliasState,
  system: row.system,
  site: row.site, label: row.label, note: row.note, displayName: row.display_name, pinned: row.pinned, createdAt: row.created_at,
  burnedAt: row.burned_at, closedAt: row.closed_at, lastMessageAt: row.last_message_at, delivered: Number(row.delivered), held: Number(row.held),
  replied: Number(row.replied), holding: Number(row.holding),
  strangers: Number(row.strangers), strangerMail: row.stranger_mail as StrangerMode | null, learned: row.learned,
  learningSince: row.learning_since ?? row.created_at, quiet: row.quiet, endsAt: row.ends_at, endsLeft: row.ends_left, endsIdleDays: row.ends_idle_days,
  origin: row.origin as Alias['origin'], flooded: row.flooded,
  madeUpBy: row.origin === 'made-up' ? { from: row.origin_from, host: row.origin_host!, ip: row.origin_ip! } : null,
  suggestedSite: row.suggested_site,
  inboxes: row.inboxes,
})

export const aliasByUuid = async (db: Database, accountId: string, uuid: string): Promise<Alias | undefined> => {
  if (!isUuid(uuid)) return undefined
  const row = await selectAliases(db).where('aliases.account_id', '=', accountId).where('aliases.uuid', '=', uuid).executeTakeFirst()
  return row && aliasOf(row)
}

/** By the integer that SimpleLogin's clients know it by. */
export const aliasByNumber = async (db: Database, accountId: string, id: number): Promise<Alias | undefined> => {
  const row = await selectAliases(db).where('aliases.account_id', '=', accountId).where('aliases.id', '=', id).executeTakeFirst()
  return row && aliasOf(row)
}

export const aliasByAddress = async (db: Database, address: Mailbox): Promise<Alias | undefined> => {
  const row = await selectAliases(db).where('aliases.address', '=', address).executeTakeFirst()
  return row && aliasOf(row)
}

/** Holds the row to the end of the transaction: changes of one alias take turns. */
export const lockAlias = async (tx: Tx, accountId: string, uuid: string): Promise<Alias | undefined> => {
  if (!isUuid(uuid)) return undefined
  const found = await tx.selectFrom('aliases').select('id')
    .where('account_id', '=', accountId).where('uuid', '=', uuid).forUpdate().executeTakeFirst()
  return found && aliasByUuid(tx, accountId, uuid)
}

/**
 * The new alias' UUID, or undefined when the address is taken or was forgotten; the caller must then end the transaction or try
 * another address. The hash is looked up *after* the insert: an insert that waited for another's delete sees that delete's hash
 * only in a statement begun later.
 */
export const insertAlias = async (tx: Tx, alias: NewAlias): Promise<{ readonly id: number; readonly uuid: string } | undefined> => {
  const made = await tx.insertInto('aliases').values({
    account_id: alias.accountId, domain_id: alias.domain.id, local_part: alias.localPart,
    address: `${alias.localPart}@${alias.domain.name}`,
    system: alias.system ?? false, site: alias.site, label: alias.label, note: alias.note, display_name: alias.displayName,
    pinned: alias.pinned, created_at: alias.now,
    ...(alias.madeUpBy && { origin: 'made-up', origin_from: alias.madeUpBy.from, origin_host: alias.madeUpBy.host, origin_ip: alias.madeUpBy.ip }),
  }).onConflict((conflict) => conflict.doNothing()).returning(['id', 'uuid']).executeTakeFirst()
  if (!made) return undefined
  const retired = await tx.selectFrom('retired_addresses').select('address_hash')
    .where('address_hash', '=', alias.retiredHash).executeTakeFirst()
  if (retired) {
    await tx.deleteFrom('aliases').where('id', '=', made.id).execute()
    return undefined
  }
  await tx.insertInto('alias_counts').values({ alias_id: made.id, account_id: alias.accountId }).execute()
  await addInboxes(tx, made.id, alias.accountId, alias.inboxIds)
  return made
}

/** postmaster and abuse count for nobody. */
export const countAliases = async (tx: Database, accountId: string): Promise<number> => {
  const { n } = await tx.selectFrom('aliases').select((eb) => eb.fn.countAll<string>().as('n'))
    .where('account_id', '=', accountId).where('system', '=', false).executeTakeFirstOrThrow()
  return Number(n)
}

const addInboxes = async (tx: Tx, aliasId: number, accountId: string, inboxIds: readonly string[]): Promise<void> => {
  if (inboxIds.length === 0) return
  await tx.insertInto('alias_inboxes').values(inboxIds.map((id) => ({ alias_id: aliasId, inbox_id: id, account_id: accountId }))).execute()
}

export const replaceInboxes = async (tx: Tx, alias: Pick<Alias, 'id' | 'accountId'>, inboxIds: readonly string[]): Promise<void> => {
  await tx.deleteFrom('alias_inboxes').where('alias_id', '=', alias.id).execute()
  await addInboxes(tx, alias.id, alias.accountId, inboxIds)
}

export const changeAlias = async (tx: Tx, aliasId: number, change: AliasChange): Promise<void> => {
  const { displayName, strangerMail, endsAt, endsLeft, endsIdle, ...rest } = change
  const set = {
    ...rest, ...(displayName !== undefined && { display_name: displayName }), ...(strangerMail !== undefined && { strangers: strangerMail }),
    ...(endsAt !== undefined && { ends_at: endsAt }), ...(endsLeft !== undefined && { ends_left: endsLeft }),
    ...(endsIdle !== undefined && { ends_idle_days: endsIdle?.days ?? null, ends_idle_since: endsIdle?.since ?? null }),
  }
  if (Object.keys(set).length > 0) await tx.updateTable('aliases').set(set).where('id', '=', aliasId).execute()
}

/** The times of the latest burn and of the latest closing stay. */
export const setAliasState = async (tx: Tx, aliasId: number, state: AliasState, at: Date): Promise<void> => {
  const times = { active: {}, burned: { burned_at: at }, closed: { closed_at: at } } as const
  await tx.updateTable('aliases').set({ state, ...times[state] }).where('id', '=', aliasId).execute()
}

/** Removes the alias and keeps its hash. Throws the foreign key's error while mail is queued or held for it. */
export const deleteAlias = async (tx: Tx, aliasId: number, retiredHash: Buffer): Promise<void> => {
  await tx.deleteFrom('held').where('alias_id', '=', aliasId).where('message_id', 'is', null)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('deliveries').select('id').whereRef('deliveries.held_id', '=', 'held.id')))).execute()
  await tx.insertInto('retired_addresses').values({ address_hash: retiredHash }).onConflict((conflict) => conflict.doNothing()).execute()
  await tx.deleteFrom('aliases').where('id', '=', aliasId).execute()
}

/** Lets go of all mail that is queued or held for the alias, with a line in the activity for each message. */
export const discardMail = async (tx: Tx, alias: Pick<Alias, 'id' | 'accountId' | 'address'>, at: Date): Promise<void> => {
  const queued = await tx.deleteFrom('deliveries').where('alias_id', '=', alias.id).returning(['id', 'message_id']).execute()
  await insertActivity(tx, queued.map((row) => ({
    at, accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'deleted', deliveryId: row.id,
  })))
  await deleteHeldOf(tx, alias.id, at)
  await forgetUnusedMessages(tx, [...new Set(queued.map((row) => row.message_id))])
}
