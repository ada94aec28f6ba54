// Many aliases at once, for an import: an insert for each table and not for each alias. The same rules as insertAlias: constraints say which
// addresses are to be had, and the hashes of forgotten ones are looked up after the insert.
import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { AliasState } from '../policy/alias.ts'
import { insertActivity } from './activity.ts'
import type { Database, Tx } from './database.ts'

export type AliasToInsert = {
  readonly address: Mailbox
  readonly localPart: string
  readonly domainId: string
  readonly state: AliasState
  readonly burnedAt: Date | null
  readonly site: string | null
  readonly label: string | null
  readonly note: string | null
  readonly displayName: string | null
  readonly pinned: boolean
  readonly createdAt: Date
  readonly lastMessageAt: Date | null
  readonly delivered: number
  readonly held: number
  readonly replied: number
  readonly inboxIds: readonly string[]
  /** The address of another service that it stands for. */
  readonly former: Mailbox | null
  /** Encrypted at rest. */
  readonly threadKey: Buffer | null
  readonly retiredHash: Buffer
}
export type Inserted = { readonly id: number; readonly uuid: string }

/**
 * Those that were inserted, by their addresses, which must differ; the others are taken or were forgotten. Each learns from now on whom it was
 * given to.
 */
export const insertAliases = async (tx: Tx, accountId: string, aliases: readonly AliasToInsert[], now: Date): Promise<ReadonlyMap<Mailbox, Inserted>> => {
  if (aliases.length === 0) return new Map()
  const of = <T>(list: readonly AliasToInsert[], pick: (alias: AliasToInsert) => T): T[] => list.map(pick)
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null
  const { rows } = await sql<{ id: number; uuid: string; address: Mailbox }>`
    insert into aliases (account_id, domain_id, local_part, address, state, site, label, note, display_name, pinned, created_at, burned_at,
      thread_key, closed_at, learning_since)
    select ${accountId}, q.*, case when q.state = 'closed' then ${now}::timestamptz end, ${now}::timestamptz from unnest(
      ${of(aliases, (one) => one.domainId)}::bigint[], ${of(aliases, (one) => one.localPart)}::text[], ${of(aliases, (one) => one.address)}::text[],
      ${of(aliases, (one) => one.state)}::text[], ${of(aliases, (one) => one.site)}::text[], ${of(aliases, (one) => one.label)}::text[],
      ${of(aliases, (one) => one.note)}::text[], ${of(aliases, (one) => one.displayName)}::text[], ${of(aliases, (one) => one.pinned)}::bool[],
      ${of(aliases, (one) => iso(one.createdAt))}::timestamptz[], ${of(aliases, (one) => iso(one.burnedAt))}::timestamptz[],
      ${of(aliases, (one) => one.threadKey)}::bytea[])
      q(domain_id, local_part, address, state, site, label, note, display_name, pinned, created_at, burned_at, thread_key)
    on conflict do nothing returning id, uuid, address`.execute(tx)
  const { rows: retired } = await sql<{ hash: Buffer }>`
    select address_hash as hash from retired_addresses where address_hash = any(${of(aliases, (one) => one.retiredHash)}::bytea[])`.execute(tx)
  const forgotten = new Set(retired.map(({ hash }) => hash.toString('hex')))
  const made = new Map(rows.map(({ id, uuid, address }) => [address, { id, uuid }]))
  const refused = aliases.filter((one) => made.has(one.address) && forgotten.has(one.retiredHash.toString('hex')))
  if (refused.length > 0) await tx.deleteFrom('aliases').where('id', 'in', refused.map((one) => made.get(one.address)!.id)).execute()
  for (const one of refused) made.delete(one.address)

  const kept = aliases.filter((one) => made.has(one.address))
  const idOf = (one: AliasToInsert): number => made.get(one.address)!.id
  await sql`
    insert into alias_counts (alias_id, account_id, delivered, held, replied, last_message_at)
    select q.id, ${accountId}, q.delivered, q.held, q.replied, q.at from unnest(
      ${of(kept, idOf)}::int[], ${of(kept, (one) => one.delivered)}::bigint[], ${of(kept, (one) => one.held)}::bigint[],
      ${of(kept, (one) => one.replied)}::bigint[], ${of(kept, (one) => iso(one.lastMessageAt))}::timestamptz[]) q(id, delivered, held, replied, at)`.execute(tx)
  const pairs = kept.flatMap((one) => one.inboxIds.map((inboxId) => [idOf(one), inboxId] as const))
  await sql`
    insert into alias_inboxes (alias_id, inbox_id, account_id)
    select q.alias_id, q.inbox_id, ${accountId} from unnest(${pairs.map(([id]) => id)}::int[], ${pairs.map(([, id]) => id)}::bigint[]) q(alias_id, inbox_id)
    `.execute(tx)
  const standIns = kept.filter((one) => one.former !== null)
  await sql`
    insert into former_addresses (account_id, address, alias_id)
    select ${accountId}, q.address, q.id from unnest(${of(standIns, (one) => one.former)}::text[], ${of(standIns, idOf)}::int[]) q(address, id)`.execute(tx)
  await insertActivity(tx, kept.map((one) => ({ at: now, accountId, aliasId: idOf(one), aliasAddress: one.address, kind: 'created', reason: 'import' })))
  return made
}

export type KnownAddresses = {
  /** Aliases of this account and of others, by address. */
  readonly aliases: ReadonlyMap<Mailbox, 'mine' | 'not-to-be-had'>
  /** The alias that stands for an address of another service. */
  readonly former: ReadonlyMap<Mailbox, Mailbox>
}

/** `hashOf`: under which an address would be kept if it had been forgotten. */
export const knownAddresses = async (
  db: Database | Tx, accountId: string, addresses: readonly Mailbox[], hashOf: (address: Mailbox) => Buffer,
): Promise<KnownAddresses> => {
  const byHash = new Map(addresses.map((address) => [hashOf(address), address]))
  const [aliases, former, retired] = [
    await sql<{ address: Mailbox; mine: boolean }>`
      select address, account_id = ${accountId} as mine from aliases where address = any(${addresses}::text[])`.execute(db),
    await sql<{ address: Mailbox; alias: Mailbox }>`
      select f.address, a.address as alias from former_addresses f join aliases a on a.id = f.alias_id
      where f.account_id = ${accountId} and f.address = any(${addresses}::text[])`.execute(db),
    await sql<{ hash: Buffer }>`select address_hash as hash from retired_addresses where address_hash = any(${[...byHash.keys()]}::bytea[])`.execute(db),
  ]
  const gone = new Set(retired.rows.map(({ hash }) => hash.toString('hex')))
  const forgotten = [...byHash].filter(([hash]) => gone.has(hash.toString('hex'))).map(([, address]) => address)
  return {
    aliases: new Map([
      ...forgotten.map((address) => [address, 'not-to-be-had'] as const),
      ...aliases.rows.map(({ address, mine }) => [address, mine ? 'mine' : 'not-to-be-had'] as const),
    ]),
    former: new Map(former.rows.map(({ address, alias }) => [address, alias])),
  }
}
