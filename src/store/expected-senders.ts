// Whom an alias was given to: learned from its first proven messages, and edited by its owner, which ends the learning.

import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import { organisationOf } from '../policy/organisation.ts'
import { LEARNING_MESSAGES, type ExpectedSender, type Learned } from '../policy/stranger.ts'
import { batched } from './batched.ts'
import type { Database, Tx } from './database.ts'
import type { Keys } from './secret.ts'

export type NamedSender = ExpectedSender & { readonly id: string; readonly createdAt: Date }
export type Lesson = { readonly aliasId: number; readonly learned: readonly Learned[]; readonly at: Date }

/** More would be read at each RCPT. */
export const MOST_EXPECTED = 200

/** Messages that come at the same time are learned from in one transaction; at most three of each alias ever. */
export const createLearning = (db: Database): ((lesson: Lesson) => Promise<void>) => batched(async (lessons: readonly Lesson[]) => {
  const rows = lessons.flatMap(({ aliasId, learned, at }) => learned.map((one) => ({ ...one, aliasId, at, sender: learned[0]! })))
    .sort((a, b) => a.aliasId - b.aliasId || (a.origin === b.origin ? 0 : a.origin === 'first' ? -1 : 1))
  const column = <T>(pick: (row: (typeof rows)[number]) => T): T[] => rows.map(pick)
  const insert = (tx: Tx, isFirst: boolean) => sql`
    insert into expected_senders (alias_id, kind, name, origin, created_at)
    select q.alias_id, q.kind, q.name, q.origin, q.at from unnest(
      ${column((row) => row.aliasId)}::int[], ${column((row) => row.kind)}::text[], ${column((row) => row.name)}::text[],
      ${column((row) => row.origin)}::text[], ${column((row) => row.at.toISOString())}::timestamptz[],
      ${column((row) => row.sender.kind)}::text[], ${column((row) => row.sender.name)}::text[]) as q(alias_id, kind, name, origin, at, sender_kind, sender_name)
    join aliases a on a.id = q.alias_id and a.learned < ${LEARNING_MESSAGES}::int
    where (q.origin = 'first') = ${isFirst} and (${isFirst} or a.site is not null or exists (
      select 1 from expected_senders f where f.alias_id = a.id and f.origin = 'first' and f.kind = q.sender_kind and f.name = q.sender_name))
    on conflict do nothing`.execute(tx)
  await db.transaction().execute(async (tx) => {
    const ids = [...new Set(lessons.map(({ aliasId }) => aliasId))].sort((a, b) => a - b)
    // Of two first messages at the same time one is first, and the other is judged by what it finds then.
    await sql`select 1 from aliases where id = any(${ids}::int[]) order by id for no key update`.execute(tx)
    await insert(tx, true)
    await insert(tx, false)
    await sql`
      update aliases a set learned = least(${LEARNING_MESSAGES}::int, a.learned + q.n) from (
        select q.alias_id, count(*)::int as n from unnest(
          ${lessons.map((one) => one.aliasId)}::int[], ${lessons.map((one) => one.learned[0]!.kind)}::text[],
          ${lessons.map((one) => one.learned[0]!.name)}::text[]) as q(alias_id, kind, name)
        join aliases b on b.id = q.alias_id
        where b.site is not null or exists (
          select 1 from expected_senders f where f.alias_id = q.alias_id and f.origin = 'first' and f.kind = q.kind and f.name = q.name)
        group by q.alias_id) q
      where a.id = q.alias_id and a.learned < ${LEARNING_MESSAGES}::int`.execute(tx)
  })
  return lessons.map(() => undefined)
}, { rounds: 1, size: 200 })

export const expectedSendersOf = async (db: Database, aliasId: number): Promise<readonly NamedSender[]> => {
  const rows = await db.selectFrom('expected_senders').select(['uuid', 'kind', 'name', 'origin', 'unproven', 'created_at'])
    .where('alias_id', '=', aliasId).orderBy('id').execute()
  return rows.map((row) => ({
    id: row.uuid, kind: row.kind as NamedSender['kind'], name: row.name, origin: row.origin as NamedSender['origin'], unproven: row.unproven,
    createdAt: row.created_at,
  }))
}

/** The owner's word: from now on nothing is learned by itself. */
export const endLearning = async (tx: Tx, aliasId: number): Promise<void> => {
  await tx.updateTable('aliases').set({ learned: LEARNING_MESSAGES }).where('id', '=', aliasId).execute()
}

export const addExpectedSender = async (
  tx: Tx, aliasId: number, sender: Pick<ExpectedSender, 'kind' | 'name' | 'unproven'>, at: Date,
): Promise<void> => {
  await tx.insertInto('expected_senders').values({ alias_id: aliasId, ...sender, origin: 'owner', created_at: at })
    .onConflict((conflict) => conflict.columns(['alias_id', 'kind', 'name'])
      .doUpdateSet((eb) => ({ unproven: sql<boolean>`expected_senders.unproven or ${eb.ref('excluded.unproven')}` }))).execute()
}

/** False: there is no such one. */
export const removeExpectedSender = async (tx: Tx, aliasId: number, uuid: string): Promise<boolean> => {
  const result = await tx.deleteFrom('expected_senders').where('alias_id', '=', aliasId).where('uuid', '=', uuid).executeTakeFirst()
  return result.numDeletedRows > 0n
}

/** Who is a stranger, of those that wrote already: after its owner, or a lesson, changed whom an alias was given to. */
export const judgeSendersAgain = async (
  tx: Tx | Database, keys: Pick<Keys, 'hash'>, alias: { readonly id: number; readonly uuid: string; readonly site: string | null },
): Promise<void> => {
  const expected = (await expectedSendersOf(tx, alias.id)).filter(({ kind }) => kind !== 'signer')
  const hashes = expected.map(({ kind, name }) => (kind === 'address' ? keys.hash('correspondent', alias.uuid, name as Mailbox) : null))
  const site = alias.site === null ? null : organisationOf(alias.site)
  await sql`
    with judged as (
      select s.id, not ((s.proven and s.organisation is not distinct from ${site}::text) or exists (
        select 1 from unnest(
          ${expected.map(({ kind, name }) => (kind === 'domain' ? name : null))}::text[],
          ${expected.map(({ kind, name }) => (kind === 'domain' ? organisationOf(name) : null))}::text[],
          ${hashes}::bytea[], ${expected.map(({ unproven }) => unproven)}::boolean[]) as e(domain, organisation, address_hash, unproven)
        where (s.proven or e.unproven) and (s.address_hash = e.address_hash or s.domain = e.domain
          or (s.organisation = e.organisation and right(s.domain, length(e.domain) + 1) = '.' || e.domain)))) as stranger
      from senders s where s.alias_id = ${alias.id})
    update senders s set stranger = j.stranger from judged j where j.id = s.id and s.stranger <> j.stranger`.execute(tx)
}
