// What accounts are told by mail: a line for each thing, told once and again only when it happens again. And the inboxes that refuse mail.

import { sql } from 'kysely'
import type { Mailbox } from '../mail/address.ts'
import type { InboxHealth, NoticeFact, NoticeKind } from '../policy/notice.ts'
import type { Database, Tx } from './database.ts'

export type NewNotice = NoticeFact & { readonly accountId: string; readonly inboxId: string | null }
export type Notice = NewNotice & { readonly id: string }

/** What waits to be told is written once, however often it happens meanwhile. */
export const putNotice = async (db: Database | Tx, notice: NewNotice): Promise<void> => {
  await db.insertInto('notices').values({
    account_id: notice.accountId, kind: notice.kind, about: notice.about, inbox_id: notice.inboxId, detail: notice.detail, at: notice.at,
  }).onConflict((conflict) => conflict.columns(['account_id', 'kind', 'about'])
    .doUpdateSet((eb) => ({ detail: eb.ref('excluded.detail'), at: eb.ref('excluded.at'), told_at: null }))
    .where('notices.told_at', 'is not', null)).execute()
}

/** Replies of one server that differ only in their text (a queue id, say) begin alike: `550 5.1.1`. */
const CODE_CHARACTERS = 9
/** The end of a refusal that goes on is moved at most so often. */
const MOVE_EVERY_MS = 3_600_000

/**
 * The server of an inbox refused a message. `until`: from then on an accepted delivery ends it. A statement that most often finds it known
 * and changes nothing, so that a storm of refusals does not queue up at one row.
 */
export const noteRefusal = async (db: Database | Tx, inboxId: string, reply: string, when: { readonly at: Date; readonly until: Date }): Promise<void> => {
  await sql`
    with refused as (
      update inboxes set refused_since = coalesce(refused_since, ${when.at}), refused_reply = ${reply},
        refused_until = greatest(refused_until, ${when.until}::timestamptz)
      where id = ${inboxId} and (refused_since is null or left(refused_reply, ${CODE_CHARACTERS}::int) <> left(${reply}, ${CODE_CHARACTERS}::int)
        or refused_until < ${new Date(when.until.getTime() - MOVE_EVERY_MS)}))
    insert into notices as n (account_id, kind, about, inbox_id, detail, at)
    select i.account_id, 'refused', i.address, i.id, ${reply}, ${when.at} from inboxes i where i.id = ${inboxId} and not exists (
      select 1 from notices k where k.account_id = i.account_id and k.kind = 'refused' and k.about = i.address and k.told_at is null
        and left(k.detail, ${CODE_CHARACTERS}::int) = left(${reply}, ${CODE_CHARACTERS}::int))
    on conflict (account_id, kind, about) do update set detail = excluded.detail, at = excluded.at, told_at = null`.execute(db)
}

export const endRefusal = async (db: Database | Tx, inboxId: string, at: Date): Promise<void> => {
  await db.updateTable('inboxes').set({ refused_since: null, refused_reply: null, refused_until: null })
    .where('id', '=', inboxId).where('refused_until', '<=', at).execute()
}

/** Accounts that have something to be told and were told nothing since `since`. */
export const accountsWithNotices = async (db: Database, since: Date, limit: number): Promise<readonly string[]> => {
  const rows = await db.selectFrom('notices as n').innerJoin('account_settings as s', 's.account_id', 'n.account_id').select('n.account_id').distinct()
    .where('n.told_at', 'is', null).where('n.kind', '<>', 'wanted').where('s.suspended_at', 'is', null)
    .where((eb) => eb.or([eb('s.noticed_at', 'is', null), eb('s.noticed_at', '<=', since)])).limit(limit).execute()
  return rows.map((row) => row.account_id)
}

/**
 * Takes the account's turn, to the end of the transaction. Undefined: another process has it, or it was told something since `since`.
 * `wanted`: whether it wants to be told at all.
 */
export const takeNoticeTurn = async (tx: Tx, accountId: string, since: Date): Promise<{ readonly wanted: boolean } | undefined> => {
  const row = await tx.selectFrom('account_settings').select('notices').where('account_id', '=', accountId).where('suspended_at', 'is', null)
    .where((eb) => eb.or([eb('noticed_at', 'is', null), eb('noticed_at', '<=', since)])).forUpdate().skipLocked().executeTakeFirst()
  return row && { wanted: row.notices }
}

export const endNoticeTurn = async (tx: Tx, accountId: string, at: Date): Promise<void> => {
  await tx.updateTable('account_settings').set({ noticed_at: at }).where('account_id', '=', accountId).execute()
}

/** 'at-once': what does not wait for the day's mail. */
export const untoldNotices = async (tx: Tx, accountId: string, when: 'daily' | 'at-once' = 'daily'): Promise<readonly Notice[]> => {
  const rows = await tx.selectFrom('notices').selectAll().where('account_id', '=', accountId).where('told_at', 'is', null)
    .where('kind', when === 'at-once' ? '=' : '<>', 'wanted').orderBy('id').execute()
  return rows.map((row) => ({
    id: row.id, accountId: row.account_id, kind: row.kind as NoticeKind, about: row.about, inboxId: row.inbox_id, detail: row.detail, at: row.at,
  }))
}

/** What happened after it was read is told another day. */
export const markTold = async (tx: Tx, notices: readonly Notice[], at: Date): Promise<void> => {
  if (notices.length === 0) return
  await tx.updateTable('notices').set({ told_at: at }).where('id', 'in', notices.map((notice) => notice.id)).execute()
}

/** All inboxes of the account. Of an alias with several inboxes a held message names the one that refused it; of one with a single inbox it need not. */
export const inboxHealth = async (tx: Tx, accountId: string): Promise<readonly (InboxHealth & { readonly id: string })[]> => {
  const { rows } = await sql<{ id: string; address: string; verified: boolean; is_default: boolean; refused_since: Date | null; held: string }>`
    select i.id, i.address, i.verified_at is not null as verified, i.id is not distinct from s.default_inbox_id as is_default, i.refused_since,
      (select count(*) from held h where h.account_id = i.account_id and h.released_at is null and h.reason = 'refused'
        and (h.inbox_id = i.id or (h.inbox_id is null and exists (
          select 1 from alias_inboxes ai where ai.alias_id = h.alias_id and ai.inbox_id = i.id)))) as held
    from inboxes i join account_settings s on s.account_id = i.account_id where i.account_id = ${accountId} order by i.id`.execute(tx)
  return rows.map((row) => ({
    id: row.id, address: row.address as Mailbox, verified: row.verified, isDefault: row.is_default, refusedSince: row.refused_since,
    held: Number(row.held),
  }))
}

/** Undefined: nobody has verified it, so it may be somebody else's. */
export const signInAddress = async (tx: Tx, accountId: string): Promise<Mailbox | undefined> => {
  const row = await tx.selectFrom('user').select('email').where('id', '=', accountId).where('emailVerified', '=', true).executeTakeFirst()
  return row?.email as Mailbox | undefined
}

/** Domains that mail goes to in the clear again: whoever has an inbox there is to be told. */
export const noticeClearedDomains = async (tx: Tx, detail: string): Promise<void> => {
  await sql`
    with cleared as (
      update tls_history t set cleared_at = null
      from (select domain, cleared_at from tls_history where cleared_at is not null for update skip locked) c
      where t.domain = c.domain returning c.domain, c.cleared_at)
    insert into notices as n (account_id, kind, about, inbox_id, detail, at)
    select distinct on (i.account_id, c.domain) i.account_id, 'clear', c.domain, i.id, ${detail}, c.cleared_at
    from cleared c join inboxes i on split_part(i.address, '@', -1) = c.domain and i.verified_at is not null
    on conflict (account_id, kind, about) do update set detail = excluded.detail, at = excluded.at, told_at = null
    where n.told_at is not null`.execute(tx)
}

export const lapseNotices = async (tx: Tx, now: Date, batch: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from notices where id in (
      select id from notices where told_at <= ${now}::timestamptz - interval '30 days' order by id limit ${batch})`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
