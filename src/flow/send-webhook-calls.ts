// The calls that are due, from whichever process sees them first; later again when nobody takes them, and given up after two days. At least once:
// a process that dies after a call leaves it to the next, with the same id.

import { backoffMs } from '../policy/backoff.ts'
import { GIVE_CALLS_UP_AFTER_MS, SWITCH_OFF_AFTER_MS } from '../policy/webhook.ts'
import { putNotice } from '../store/notices.ts'
import { claimCalls, giveCallsUp, settleFailed, settleTaken, type ClaimedCall } from '../store/webhook-calls.ts'
import { callWebhook } from './call-webhook.ts'
import type { Host } from './host.ts'

/** Until nothing is due. A round waits for the slowest of its calls, 10 s at most. */
export const sendWebhookCalls = async (host: Host): Promise<void> => {
  while (!host.stopping.aborted) {
    const calls = await claimCalls(host.db, host.keys, host.clock.now())
    if (calls.length === 0) return
    await Promise.all(calls.map((call) => send(host, call)))
  }
}

const send = async (host: Host, call: ClaimedCall): Promise<void> => {
  const result = await callWebhook(host, call, call)
  if (!result) return
  if (result.error === null) return settleTaken(host.db, call, result)
  const waitMs = backoffMs(call.attempts, host.random(1)[0]! / 255)
  await settleFailed(host.db, call, result, new Date(result.at.getTime() + waitMs))
}

/** Once a minute, before the day's mail is looked at: who is switched off is told in it. */
export const endWebhookCalls = async (host: Host): Promise<void> => {
  const now = host.clock.now()
  const ago = (ms: number): Date => new Date(now.getTime() - ms)
  await host.db.transaction().execute(async (tx) => {
    const before = { calls: ago(GIVE_CALLS_UP_AFTER_MS), webhooks: ago(SWITCH_OFF_AFTER_MS) }
    for (const { accountId, url } of await giveCallsUp(tx, host.keys, now, before)) {
      await putNotice(tx, {
        accountId, kind: 'webhook', about: new URL(url).host, inboxId: null, at: now, detail: 'Settings shows what it answered. Switch it on again there.',
      })
    }
  })
}
