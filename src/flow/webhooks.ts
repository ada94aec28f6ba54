// Webhooks as their owner makes, changes and tries them.

import { randomUUID } from 'node:crypto'
import { isPublicAddress } from '../mail/ip-address.ts'
import { checkWebhookUrl, type WebhookEvent } from '../policy/webhook.ts'
import { lockAccount } from '../store/accounts.ts'
import { takeTry } from '../store/tries.ts'
import { noteNotTaken, noteTaken, type CallResult } from '../store/webhook-calls.ts'
import { countWebhooks, insertWebhook, updateWebhook, webhookByUuid, webhookSecret, type Webhook } from '../store/webhooks.ts'
import { callWebhook } from './call-webhook.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

const MOST = 10
const SECRET_OCTETS = 32
/** A person who sets something up; not a way to send as much as one likes to others. */
const TESTS = { most: 30, windowMs: 3_600_000 } as const

export const addWebhook = (
  host: Host, input: { readonly accountId: string; readonly url: string; readonly events: readonly WebhookEvent[] },
): Promise<{ readonly webhook: Webhook; readonly secret: string }> => {
  const url = goodUrl(host, input.url)
  return host.db.transaction().execute(async (tx) => {
    await lockAccount(tx, input.accountId)
    if (await countWebhooks(tx, input.accountId) >= MOST) throw new Problem('limit-reached', `You have ${MOST} webhooks. Delete one that you no longer use.`)
    const secret = `whsec_${host.random(SECRET_OCTETS).toString('base64url')}`
    const uuid = await insertWebhook(tx, host.keys, { ...input, url, secret, now: host.clock.now() })
    return { webhook: (await webhookByUuid(tx, host.keys, input.accountId, uuid))!, secret }
  })
}

export const changeWebhook = (
  host: Host, which: { readonly accountId: string; readonly uuid: string },
  change: { readonly url?: string | undefined; readonly events?: readonly WebhookEvent[] | undefined; readonly enabled?: boolean | undefined },
): Promise<Webhook> => host.db.transaction().execute(async (tx) => {
  const before = await webhookByUuid(tx, host.keys, which.accountId, which.uuid)
  if (!before) throw notFound('webhook')
  const url = change.url === undefined ? undefined : goodUrl(host, change.url)
  if (url !== undefined || change.events !== undefined || change.enabled !== undefined) {
    await updateWebhook(tx, host.keys, which.accountId, which.uuid, { ...change, url })
  }
  return (await webhookByUuid(tx, host.keys, which.accountId, which.uuid)) ?? before
})

const goodUrl = (host: Host, text: string): string => {
  const checked = checkWebhookUrl(text, host.config.webhookPrivate, isPublicAddress)
  if (checked.kind === 'refused') throw new Problem('invalid', checked.why, { field: 'url' })
  return checked.url
}

/** Waited for, so that its owner sees what came of it; not repeated, and nothing that could count against the webhook. */
export const tryWebhook = async (host: Host, which: { readonly accountId: string; readonly uuid: string }): Promise<CallResult> => {
  const webhook = await webhookByUuid(host.db, host.keys, which.accountId, which.uuid)
  const secret = webhook && await webhookSecret(host.db, host.keys, webhook.id)
  if (!webhook || secret === undefined) throw notFound('webhook')
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
