// The calls that wait for webhooks: written in the statement that records their event, claimed for a minute, settled by what came of them.

import { sql, type RawBuilder } from 'kysely'
import type { WebhookCall, WebhookEvent } from '../policy/webhook.ts'
import type { Database, Tx } from './database.ts'
import type { Keys } from './secret.ts'

/**
 * The part of a statement that writes calls. `events`: a select of account_id, event, at, alias_id, alias_address, detail, held_id. An account without a
 * webhook costs a look at the index of a small table, and no query.
 */
export const callsFor = (events: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  insert into webhook_calls (webhook_id, event, at, alias_uuid, alias_address, detail, held_uuid, next_attempt_at)
  select w.id, e.event, e.at, (select a.uuid from aliases a where a.id = e.alias_id), e.alias_address, e.detail, e.held_id, e.at
  from (${events}) e join webhooks w on w.account_id = e.account_id and w.enabled and e.event = any(w.events)`

export type ClaimedCall = WebhookCall & {
  readonly rowId: string
  readonly webhookId: string
  readonly attempts: number
  readonly url: string
  readonly secret: string
}

/** Longer than a call may take: what is still there after it belonged to a process that died. */
const LEASE_MS = 60_000
const WEBHOOKS_AT_ONCE = 20
const CALLS_AT_ONCE = 5

/** Of each webhook a few calls, of one that fails a single one. What is claimed is not due until its lease is over. */
export const claimCalls = async (db: Database, keys: Pick<Keys, 'decrypt'>, now: Date): Promise<readonly ClaimedCall[]> => {
  const { rows } = await sql<{
    id: string; uuid: string; webhook_id: string; event: string; at: Date; alias_uuid: string | null; alias_address: string | null; detail: string | null
    held_uuid: string | null; attempts: number; url_encrypted: Buffer; secret_encrypted: Buffer
  }>`
    with due as (
      select c.webhook_id, min(c.next_attempt_at) as first from webhook_calls c join webhooks w on w.id = c.webhook_id and w.enabled
        join account_settings s on s.account_id = w.account_id and s.suspended_at is null
      where c.next_attempt_at <= ${now} group by c.webhook_id order by first limit ${WEBHOOKS_AT_ONCE}),
    picked as (
      select p.id from due d join webhooks w on w.id = d.webhook_id cross join lateral (
        select c.id from webhook_calls c where c.webhook_id = w.id and c.next_attempt_at <= ${now} order by c.next_attempt_at, c.id
        limit case when w.failing_since is null then ${CALLS_AT_ONCE}::int else 1 end for update skip locked) p)
    update webhook_calls c set attempts = c.attempts + 1, next_attempt_at = ${new Date(now.getTime() + LEASE_MS)}
    from picked p, webhooks w where c.id = p.id and w.id = c.webhook_id
    returning c.id, c.uuid, c.webhook_id, c.event, c.at, c.alias_uuid, c.alias_address, c.detail, c.held_uuid, c.attempts, w.url_encrypted,
      w.secret_encrypted`.execute(db)
  return rows.map((row) => ({
    rowId: row.id, webhookId: row.webhook_id, attempts: row.attempts, url: keys.decrypt(row.url_encrypted), secret: keys.decrypt(row.secret_encrypted),
    id: row.uuid, event: row.event as WebhookEvent, at: row.at, alias: { id: row.alias_uuid, address: row.alias_address }, detail: row.detail,
    heldId: row.held_uuid,
  }))
}

export type CallResult = { readonly at: Date; readonly status: number | null; readonly error: string | null }

export const settleTaken = async (db: Database, call: Pick<ClaimedCall, 'rowId' | 'webhookId'>, result: CallResult): Promise<void> => {
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom('webhook_calls').where('id', '=', call.rowId).execute()
    await noteTaken(tx, call.webhookId, result)
  })
}

export const settleFailed = async (
  db: Database, call: Pick<ClaimedCall, 'rowId' | 'webhookId' | 'attempts'>, result: CallResult, nextAttemptAt: Date,
): Promise<void> => {
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('webhook_calls').set({ next_attempt_at: nextAttemptAt }).where('id', '=', call.rowId).where('attempts', '=', call.attempts).execute()
    await tx.updateTable('webhooks').set((eb) => ({
      last_at: result.at, last_status: result.status, last_error: result.error, failing_since: eb.fn.coalesce('failing_since', eb.val(result.at)),
    })).where('id', '=', call.webhookId).execute()
  })
}

export const noteTaken = async (db: Database | Tx, webhookId: string, { at, status }: CallResult): Promise<void> => {
  await db.updateTable('webhooks').set({ last_at: at, last_status: status, last_error: null, failing_since: null, given_up: 0 })
    .where('id', '=', webhookId).execute()
}

/** Of a call that nobody repeats. */
export const noteNotTaken = async (db: Database, webhookId: string, { at, status, error }: CallResult): Promise<void> => {
  await db.updateTable('webhooks').set({ last_at: at, last_status: status, last_error: error }).where('id', '=', webhookId).execute()
}

export type SwitchedOff = { readonly accountId: string; readonly url: string }

/**
 * Calls from before `calls` that were tried, or whose webhook failed all the time since, are given up. A webhook that has failed since before
 * `webhooks` is switched off with the next one. What the process slept through is still tried once. One that is under way may go as well: when
 * it is taken after all, nothing counts against the webhook any more.
 */
export const giveCallsUp = async (
  tx: Tx, keys: Pick<Keys, 'decrypt'>, now: Date, before: { readonly calls: Date; readonly webhooks: Date },
): Promise<readonly SwitchedOff[]> => {
  const { rows } = await sql<{ id: string; account_id: string; url_encrypted: Buffer; enabled: boolean }>`
    with gone as (
      delete from webhook_calls c using webhooks w
      where w.id = c.webhook_id and c.at <= ${before.calls} and (c.attempts > 0 or w.failing_since <= ${before.calls})
      returning c.webhook_id),
    counted as (select webhook_id, count(*)::int as n from gone group by webhook_id)
    update webhooks w set given_up = given_up + n, enabled = w.enabled and coalesce(w.failing_since > ${before.webhooks}, true),
      switched_off_at = case when w.enabled and w.failing_since <= ${before.webhooks} then ${now}::timestamptz else w.switched_off_at end
    from counted q where q.webhook_id = w.id returning w.id, w.account_id, w.url_encrypted, w.enabled`.execute(tx)
  const off = rows.filter(({ enabled }) => !enabled)
  if (off.length > 0) await tx.deleteFrom('webhook_calls').where('webhook_id', 'in', off.map(({ id }) => id)).execute()
  return off.map((row) => ({ accountId: row.account_id, url: keys.decrypt(row.url_encrypted) }))
}

/** Of a webhook that was deleted, or went with its account. */
export const lapseWebhookCalls = async (tx: Tx, _now: Date, batch: number): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from webhook_calls where id in (
      select c.id from webhook_calls c where not exists (select 1 from webhooks w where w.id = c.webhook_id) limit ${batch})`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
