// Webhooks as their owner makes, changes, tries and brings them along.

import { randomUUID } from 'node:crypto'
import { isPublicAddress } from '../mail/ip-address.ts'
import { checkWebhookUrl, type WebhookEvent } from '../policy/webhook.ts'
import { lockAccount } from '../store/accounts.ts'
import type { Database, Tx } from '../store/database.ts'
import { takeTry } from '../store/tries.ts'
import { noteNotTaken, noteTaken, type CallResult } from '../store/webhook-calls.ts'
import { countWebhooks, insertWebhook, updateWebhook, webhookByUuid, webhookSecret, webhooksOf, type Webhook } from '../store/webhooks.ts'
import { callWebhook } from './call-webhook.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

const MOST = 10
const SECRET_OCTETS = 32
/** A person who sets something up; not a way to send as much as one likes to others. */
const TESTS = { most: 30, windowMs: 3_600_000 } as const

type Which = { readonly accountId: string; readonly uuid: string }

const newSecret = (host: Host): string => `whsec_${host.random(SECRET_OCTETS).toString('base64url')}`

export const addWebhook = (
  host: Host, input: { readonly accountId: string; readonly url: string; readonly events: readonly WebhookEvent[] },
): Promise<{ readonly webhook: Webhook; readonly secret: string }> => {
  const url = goodUrl(host, input.url)
  return host.db.transaction().execute(async (tx) => {
    await lockAccount(tx, input.accountId)
    if (await countWebhooks(tx, input.accountId) >= MOST) throw new Problem('limit-reached', `You have ${MOST} webhooks. Delete one that you no longer use.`)
    const secret = newSecret(host)
    const uuid = await insertWebhook(tx, host.keys, { ...input, url, secret, enabled: true, now: host.clock.now() })
    return { webhook: await find(host, tx, { ...input, uuid }), secret }
  })
}

/** Of an archive: switched off, for the host that it comes from calls as well, and with a secret that nobody knows before it is renewed. */
export const bringWebhooks = async (
  host: Host, tx: Tx, accountId: string, brought: readonly { readonly url: string; readonly events: readonly WebhookEvent[] }[],
): Promise<void> => {
  await lockAccount(tx, accountId)
  const here = new Set((await webhooksOf(tx, host.keys, accountId)).map(({ url }) => url))
  for (const { url: text, events } of brought) {
    const checked = checkWebhookUrl(text, host.config.webhookPrivate, isPublicAddress)
    if (checked.kind === 'refused' || here.has(checked.url) || here.size >= MOST) continue
    await insertWebhook(tx, host.keys, { accountId, url: checked.url, events, secret: newSecret(host), enabled: false, now: host.clock.now() })
    here.add(checked.url)
  }
}

export const changeWebhook = (
  host: Host, which: Which,
  change: { readonly url?: string | undefined; readonly events?: readonly WebhookEvent[] | undefined; readonly enabled?: boolean | undefined },
): Promise<Webhook> => host.db.transaction().execute(async (tx) => {
  const before = await find(host, tx, which)
  const url = change.url === undefined ? undefined : goodUrl(host, change.url)
  if (url === undefined && change.events === undefined && change.enabled === undefined) return before
  await updateWebhook(tx, host.keys, which, { ...change, url })
  return find(host, tx, which)
})

/** From then on each call is signed by it alone, those that wait as well. */
export const renewWebhookSecret = (host: Host, which: Which): Promise<{ readonly webhook: Webhook; readonly secret: string }> =>
  host.db.transaction().execute(async (tx) => {
    const secret = newSecret(host)
    await updateWebhook(tx, host.keys, which, { secret })
    return { webhook: await find(host, tx, which), secret }
  })

const find = async (host: Host, db: Database | Tx, { accountId, uuid }: Which): Promise<Webhook> => {
  const webhook = await webhookByUuid(db, host.keys, accountId, uuid)
  if (!webhook) throw notFound('webhook')
  return webhook
}

const goodUrl = (host: Host, text: string): string => {
  const checked = checkWebhookUrl(text, host.config.webhookPrivate, isPublicAddress)
  if (checked.kind === 'refused') throw new Problem('invalid', checked.why, { field: 'url' })
  return checked.url
}

/** Waited for, so that its owner sees what came of it; not repeated, and nothing that could count against the webhook. */
export const tryWebhook = async (host: Host, which: Which): Promise<CallResult> => {
  const webhook = await find(host, host.db, which)
  const secret = await webhookSecret(host.db, host.keys, webhook.id)
  if (secret === undefined) throw notFound('webhook')
  if (!await takeTry(host.db, host.keys.hash('tries', 'webhook', which.accountId), TESTS, host.clock.now())) {
    throw new Problem('too-many', `${TESTS.most} tests an hour are possible. Try again later.`)
  }
  const call = { id: randomUUID(), event: 'test', at: host.clock.now(), alias: null, detail: null, heldId: null } as const
  const result = await callWebhook(host, { url: webhook.url, secret }, call)
  if (!result) throw new Problem('unavailable', 'This host is just stopping. Try again in a moment.')
  if (result.error === null) await noteTaken(host.db, webhook.id, result)
  else await noteNotTaken(host.db, webhook.id, result)
  return result
}
