// One call of a webhook, signed: what it says, who vouches for it, and what came of it in words for its owner.

import { createHmac } from 'node:crypto'
import { webhookBody, type WebhookCall } from '../policy/webhook.ts'
import { addressesOfMachine } from '../relay/exchanges.ts'
import { postWebhook } from '../relay/post-webhook.ts'
import type { CallResult } from '../store/webhook-calls.ts'
import type { Host } from './host.ts'

/** Looking up, connecting, and the answer. */
const LIMIT_MS = 10_000

/** `Burnbox-Signature`: the time is signed too, so that a receiver may refuse what somebody recorded. */
export const signature = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`

/** Undefined: the process is stopping, so nothing is known. No error: it was taken. */
export const callWebhook = async (
  host: Host, to: { readonly url: string; readonly secret: string }, call: WebhookCall, limit: AbortSignal = AbortSignal.timeout(LIMIT_MS),
): Promise<CallResult | undefined> => {
  const body = webhookBody(call)
  const lookup = {
    resolve: host.resolve, allowPrivate: host.config.webhookPrivate, ourName: host.domain, ourMailServer: host.domain,
    ourAddresses: addressesOfMachine, random: Math.random,
  }
  const posted = await postWebhook(lookup, {
    url: to.url, body, headers: {
      'User-Agent': 'Burnbox', 'Burnbox-Id': call.id, 'Burnbox-Event': call.event,
      'Burnbox-Signature': signature(to.secret, Math.floor(host.clock.now().getTime() / 1_000), body),
    },
  }, AbortSignal.any([host.stopping, limit]))
  if (host.stopping.aborted && posted.kind === 'failed') return undefined
  const at = host.clock.now()
  switch (posted.kind) {
    case 'failed': return { at, status: null, error: posted.why }
    case 'answered': return { at, status: posted.status, error: errorOf(posted.status) }
  }
}

const errorOf = (status: number): string | null => {
  if (status >= 200 && status < 300) return null
  return status >= 300 && status < 400 ? `It answered ${status}: redirects are not followed.` : `It answered ${status}.`
}
