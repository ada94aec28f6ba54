// Those who wrote to an alias. The address is kept encrypted, and hashed with a key for finding it again;
// its reverse alias follows from the secret, the alias and the address, so that nothing links two aliases of one owner (case N13), unless it came
// with an import.

import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import { lowerCased } from '../mail/address.ts'
import { reverseLocalPart } from '../mail/reverse-alias.ts'
import { batched } from './batched.ts'
import type { Clock } from '../clock.ts'
import type { Database } from './database.ts'
import type { Keys } from './secret.ts'

type AliasOf = { readonly id: number; readonly uuid: string; readonly accountId: string }

export type Correspondents = {
  /** The local part of the reverse alias; its row is committed before this resolves, so that a reply always finds it. */
  readonly reverseLocalPartFor: (alias: AliasOf, correspondent: Mailbox, options: { readonly remember: boolean }) => Promise<string>
  /** Remembered: its row is there, and it was nobody of the account. */
  readonly isKnown: (alias: AliasOf, correspondent: Mailbox) => boolean
}

/** Known pairs are remembered, so that a regular correspondent costs no query. 200 bytes each: 10 MB. */
const REMEMBERED = 50_000
/** When a pair was last used is known to the day: one write a day for each, whatever it sends. */
const DAY_MS = 86_400_000

export const createCorrespondents = (db: Database, keys: Keys, clock: Clock): Correspondents => {
  const remembered = new Map<string, { readonly localPart: string; readonly notedAt: number }>()

  // Touching waits for nobody: whoever holds the row touches it, or is about to purge it and makes room for the next insert.
  const insert = batched(async (wanted: readonly { alias: AliasOf; address: string; localPart: string }[]) => {
    const unique = [...new Map(wanted.map((one) => [one.localPart, one])).values()].sort((a, b) => (a.localPart < b.localPart ? -1 : 1))
    const now = clock.now()
    const { rows } = await sql<{ derived: string; used: string }>`
      with wanted as (select * from unnest(
        ${unique.map((one) => one.alias.id)}::int[], ${unique.map((one) => one.alias.accountId)}::text[],
        ${unique.map((one) => keys.hash('correspondent', one.alias.uuid, one.address))}::bytea[],
        ${unique.map((one) => keys.encrypt(one.address))}::bytea[], ${unique.map((one) => one.localPart)}::text[])
        as w(alias_id, account_id, address_hash, address_encrypted, reverse_local_part)),
      stale as (
        select c.id from correspondents c join wanted w using (alias_id, address_hash)
        where c.last_used_at <= ${new Date(now.getTime() - DAY_MS)} for update of c skip locked),
      touched as (update correspondents c set last_used_at = ${now} from stale where c.id = stale.id),
      inserted as (
        insert into correspondents (alias_id, account_id, address_hash, address_encrypted, reverse_local_part, created_at, last_used_at)
        select w.*, ${now}::timestamptz, ${now}::timestamptz from wanted w
        on conflict do nothing)
      select w.reverse_local_part as derived, coalesce(c.reverse_local_part, w.reverse_local_part) as used
      from wanted w left join correspondents c using (alias_id, address_hash)`.execute(db)
    // One that came from another host with its reverse alias keeps it: old mail in an inbox answers to that one.
    const used = new Map(rows.map((row) => [row.derived, row.used]))
    return wanted.map((one) => used.get(one.localPart) ?? one.localPart)
  }, { rounds: 1, size: 500 })

  const nameOf = (alias: AliasOf, address: Mailbox): string => `${alias.id} ${address}`

  return {
    isKnown: (alias, correspondent) => remembered.has(nameOf(alias, lowerCased(correspondent))),
    reverseLocalPartFor: async (alias, correspondent, options) => {
      const address = lowerCased(correspondent)
      const name = nameOf(alias, address)
      const known = remembered.get(name)
      const now = clock.now().getTime()
      if (known !== undefined && now - known.notedAt < DAY_MS) return known.localPart
      const derived = reverseLocalPart(keys.hash('reverse-alias', alias.uuid, address).subarray(0, 16))
      const localPart = await insert({ alias, address, localPart: derived })
      if (!options.remember) return localPart
      if (remembered.size >= REMEMBERED) remembered.clear()
      remembered.set(name, { localPart, notedAt: now })
      return localPart
    },
  }
}

/** Which of the addresses belong to the account itself: its aliases and its inboxes. */
export const ownAddresses = async (db: Database, accountId: string, addresses: readonly Mailbox[]): Promise<ReadonlySet<Mailbox>> => {
  if (addresses.length === 0) return new Set()
  const { rows } = await sql<{ address: Mailbox }>`
    select q.address from unnest(${addresses.map(lowerCased)}::text[]) q(address)
    where exists (select 1 from aliases a where a.address = q.address and a.account_id = ${accountId})
       or exists (select 1 from inboxes i where lower(i.address) = q.address and i.account_id = ${accountId})`.execute(db)
  return new Set(rows.map((row) => row.address))
}
