// Webhooks of accounts. URL and secret are encrypted: the one often is a key by itself, the other signs.

import type { WebhookEvent } from '../policy/webhook.ts'
import type { Database, Tx } from './database.ts'
import type { Keys } from './secret.ts'

export type Webhook = {
  readonly id: string
  readonly uuid: string
  readonly url: string
  readonly events: readonly WebhookEvent[]
  readonly enabled: boolean
  readonly createdAt: Date
  readonly last: { readonly at: Date; readonly status: number | null; readonly error: string | null } | null
  readonly failingSince: Date | null
  readonly givenUp: number
  readonly switchedOffAt: Date | null
  readonly waiting: number
}

const select = (db: Database | Tx, accountId: string) => db.selectFrom('webhooks as w').selectAll()
  .select((eb) => eb.selectFrom('webhook_calls as c').select((calls) => calls.fn.countAll<string>().as('n')).whereRef('c.webhook_id', '=', 'w.id')
    .as('waiting'))
  .where('w.account_id', '=', accountId)
type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

const webhookOf = (keys: Pick<Keys, 'decrypt'>, row: Row): Webhook => ({
  id: row.id, uuid: row.uuid, url: keys.decrypt(row.url_encrypted), events: row.events as WebhookEvent[], enabled: row.enabled, createdAt: row.created_at,
  last: row.last_at && { at: row.last_at, status: row.last_status, error: row.last_error },
  failingSince: row.failing_since, givenUp: row.given_up, switchedOffAt: row.switched_off_at, waiting: Number(row.waiting),
})

export const webhooksOf = async (db: Database | Tx, keys: Pick<Keys, 'decrypt'>, accountId: string): Promise<readonly Webhook[]> =>
  (await select(db, accountId).orderBy('w.id', 'desc').execute()).map((row) => webhookOf(keys, row))

export const webhookByUuid = async (db: Database | Tx, keys: Pick<Keys, 'decrypt'>, accountId: string, uuid: string): Promise<Webhook | undefined> => {
  const row = await select(db, accountId).where('w.uuid', '=', uuid).executeTakeFirst()
  return row && webhookOf(keys, row)
}

export const countWebhooks = async (tx: Tx, accountId: string): Promise<number> => {
  const { n } = await tx.selectFrom('webhooks').select((eb) => eb.fn.countAll<string>().as('n')).where('account_id', '=', accountId).executeTakeFirstOrThrow()
  return Number(n)
}

export const insertWebhook = async (
  tx: Tx, keys: Pick<Keys, 'encrypt'>, made: {
    readonly accountId: string; readonly url: string; readonly secret: string; readonly events: readonly WebhookEvent[]; readonly enabled: boolean
    readonly now: Date
  },
): Promise<string> => {
  const { uuid } = await tx.insertInto('webhooks').values({
    account_id: made.accountId, url_encrypted: keys.encrypt(made.url), secret_encrypted: keys.encrypt(made.secret), events: [...made.events],
    enabled: made.enabled, created_at: made.now,
  }).returning('uuid').executeTakeFirstOrThrow()
  return uuid
}

export type WebhookChange = {
  readonly url?: string | undefined
  readonly events?: readonly WebhookEvent[] | undefined
  readonly enabled?: boolean | undefined
  readonly secret?: string | undefined
}

/** Another address, or switched on again: what was counted against it is forgotten. Switched off: what waited is dropped. */
export const updateWebhook = async (
  tx: Tx, keys: Pick<Keys, 'encrypt'>, which: { readonly accountId: string; readonly uuid: string }, { url, events, enabled, secret }: WebhookChange,
): Promise<void> => {
  const sealed = (text: string | undefined) => text === undefined ? undefined : keys.encrypt(text)
  const row = await tx.updateTable('webhooks').set({
    url_encrypted: sealed(url), secret_encrypted: sealed(secret), events: events && [...events], enabled,
    ...enabled !== undefined && { switched_off_at: null }, ...(url ?? enabled) !== undefined && { failing_since: null, given_up: 0 },
  }).where('account_id', '=', which.accountId).where('uuid', '=', which.uuid).returning('id').executeTakeFirst()
  if (row && enabled === false) await tx.deleteFrom('webhook_calls').where('webhook_id', '=', row.id).execute()
}

export const deleteWebhook = async (tx: Tx, accountId: string, uuid: string): Promise<boolean> => {
  const row = await tx.deleteFrom('webhooks').where('account_id', '=', accountId).where('uuid', '=', uuid).returning('id').executeTakeFirst()
  if (row) await tx.deleteFrom('webhook_calls').where('webhook_id', '=', row.id).execute()
  return row !== undefined
}

/** Never shown again: it signs. */
export const webhookSecret = async (db: Database, keys: Pick<Keys, 'decrypt'>, id: string): Promise<string | undefined> => {
  const row = await db.selectFrom('webhooks').select('secret_encrypted').where('id', '=', id).executeTakeFirst()
  return row && keys.decrypt(row.secret_encrypted)
}
