// Who wrote to an alias: a row for each author, with the header of the first message as evidence; of whoever proves it later, the first that does,
// for what came before may be anybody's. The address is encrypted and hashed as in correspondents; an author that is known costs no query.

import { sql } from 'kysely'
import type { Log } from '../log.ts'
import type { Author } from '../policy/stranger.ts'
import { batched } from './batched.ts'
import type { Database } from './database.ts'
import { createLearning, type Lesson } from './expected-senders.ts'
import type { Keys } from './secret.ts'
import { callsFor } from './webhook-calls.ts'

/** Header and envelope of somebody's first message. */
export type Evidence = {
  readonly receivedAt: string // RFC 3339
  readonly clientIp: string
  readonly helo: string
  readonly reversePath: string
  readonly authentication: string
  /** Latin-1: one character is one octet. */
  readonly header: string
  readonly isCut: boolean
}

export type Meeting = {
  readonly alias: { readonly id: number; readonly uuid: string }
  readonly author: Author
  readonly stranger: boolean
  readonly at: Date
  /** Asked for only when it is the first message. */
  readonly evidence: () => Evidence | undefined
}

export type Senders = {
  /** Remembers who wrote. Not waited for: a kill -9 may lose the last moment of it, as with the activity. */
  readonly met: (meeting: Meeting) => void
  readonly learn: (lesson: Lesson) => Promise<void>
  /** Resolves when whoever was met is written down. */
  readonly flush: () => Promise<void>
}

/** 100 bytes each: 5 MB. */
const REMEMBERED = 50_000
/** Of one alias: enough to show any leak, and a flood of invented senders ends there. Their rows cost 200 bytes each. */
const MOST_EVIDENCE = 1_000

/** Of several messages of one author the first that proves it, else the first. */
const onceEach = (met: readonly Meeting[]): readonly Meeting[] =>
  [...Map.groupBy(met, ({ alias, author }) => `${alias.id} ${author.mailbox}`).values()].map((all) => (
    { ...(all.find(({ author }) => author.proven) ?? all[0]!), stranger: all.every(({ stranger }) => stranger) }))

export const createSenders = (db: Database, keys: Keys, log: Log): Senders => {
  const remembered = new Map<string, string>()
  const underWay = new Set<Promise<unknown>>()

  const insert = batched(async (met: readonly Meeting[]) => {
    const rows = onceEach(met)
      .map((one) => ({ ...one, hash: keys.hash('correspondent', one.alias.uuid, one.author.mailbox) }))
      .sort((a, b) => a.alias.id - b.alias.id || a.hash.compare(b.hash))
    const column = <T>(pick: (row: (typeof rows)[number]) => T): T[] => rows.map(pick)
    const sealed = ({ evidence }: Meeting): Buffer | null => {
      const found = evidence()
      return found ? keys.encrypt(JSON.stringify(found)) : null
    }
    await sql`
      with met as (
      insert into senders as s (alias_id, address_hash, address_encrypted, domain, organisation, proven, stranger, first_at, evidence_encrypted)
      select q.alias_id, q.hash, q.address, q.domain, q.organisation, q.proven, q.stranger, q.at, case when (
        select count(*) from (select 1 from senders e where e.alias_id = q.alias_id limit ${MOST_EVIDENCE}) e) < ${MOST_EVIDENCE} then q.evidence end
      from unnest(
        ${column((row) => row.alias.id)}::int[], ${column((row) => row.hash)}::bytea[], ${column((row) => keys.encrypt(row.author.mailbox))}::bytea[],
        ${column((row) => row.author.domain)}::text[], ${column((row) => row.author.organisation)}::text[],
        ${column((row) => row.author.proven)}::boolean[], ${column((row) => row.stranger)}::boolean[], ${column((row) => row.at.toISOString())}::timestamptz[],
        ${column(sealed)}::bytea[]) as q(alias_id, hash, address, domain, organisation, proven, stranger, at, evidence)
      join aliases a on a.id = q.alias_id
      on conflict (alias_id, address_hash) do update set proven = s.proven or excluded.proven, stranger = s.stranger and excluded.stranger,
        first_at = case when excluded.proven and not s.proven then excluded.first_at else s.first_at end,
        evidence_encrypted = case when excluded.proven and not s.proven then excluded.evidence_encrypted else s.evidence_encrypted end
        where (excluded.proven and not s.proven) or (s.stranger and not excluded.stranger)
      returning alias_id, organisation, stranger, first_at),
      strange as (
      select distinct on (m.alias_id, m.organisation) a.account_id, a.id as alias_id, a.address, a.state, m.organisation, m.first_at
      from met m join aliases a on a.id = m.alias_id join account_settings c on c.account_id = a.account_id
      where m.stranger and coalesce(a.strangers, c.strangers) <> 'silent' and m.organisation is distinct from a.site
      order by m.alias_id, m.organisation, m.first_at),
      called as (${callsFor(sql`
        select account_id, 'stranger.seen' as event, first_at as at, alias_id, address as alias_address, case when not exists (
          select 1 from inboxes i where i.account_id = s.account_id and '.' || split_part(i.address, '@', -1) like '%.' || s.organisation)
          then organisation end as detail, null::uuid as held_id
        from strange s where not exists (select 1 from senders k where k.alias_id = s.alias_id and k.stranger and k.organisation = s.organisation)`)})
      insert into notices (account_id, kind, about, inbox_id, detail, at)
      select distinct on (m.alias_id) m.account_id, 'stranger', m.address, null::bigint, m.organisation, m.first_at
      from strange m join aliases a on a.id = m.alias_id
      where m.state = 'active'
        and not exists (select 1 from senders k where k.alias_id = a.id and k.stranger and k.organisation is distinct from a.site)
      order by m.alias_id, m.first_at
      on conflict (account_id, kind, about) do nothing`.execute(db)
    return met.map(() => undefined)
  }, { rounds: 1, size: 100 })

  return {
    met: (meeting) => {
      const { alias, author, stranger } = meeting
      const name = `${alias.id} ${author.mailbox}`
      const said = `${author.proven} ${stranger}`
      if (remembered.get(name) === said) return
      if (remembered.size >= REMEMBERED) remembered.clear()
      remembered.set(name, said)
      const writing = insert(meeting).catch((error: unknown) => {
        remembered.delete(name)
        log.warn({ err: error }, 'who wrote could not be noted; the next message will do it')
      }).finally(() => underWay.delete(writing))
      underWay.add(writing)
    },
    learn: createLearning(db),
    flush: async () => { await Promise.all(underWay) },
  }
}
