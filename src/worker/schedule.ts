// What happens by the clock, once for all processes of one database: an advisory lock decides which of them does it.

import { Cron } from 'croner'
import { endAliases } from '../flow/end-alias.ts'
import type { Host } from '../flow/host.ts'
import { lapse } from '../flow/lapse.ts'
import { sendDigests } from '../flow/send-digests.ts'
import { sendNotices } from '../flow/send-notices.ts'
import { endWebhookCalls, sendWebhookCalls } from '../flow/send-webhook-calls.ts'
import { onlyHere } from '../store/only-here.ts'

/** Returns the function that stops it. */
export const startSchedule = (host: Host): (() => void) => {
  const hourly = new Cron('17 * * * *', { protect: true, unref: true, catch: (error) => host.log.error({ err: error }, 'the hourly clean-up failed') },
    () => onlyHere(host.db, 'lapse', () => lapse(host)))
  const everyMinute = new Cron('* * * * *', { protect: true, unref: true, catch: (error) => host.log.error({ err: error }, 'notices could not be sent') },
    () => onlyHere(host.db, 'notices', async () => {
      await endAliases(host)
      await endWebhookCalls(host)
      await sendNotices(host)
      await sendDigests(host)
    }))
  // By every process: a call is claimed, and a program that takes its time must not keep the others from it.
  const soon = new Cron('*/2 * * * * *', { protect: true, unref: true, catch: (error) => host.log.error({ err: error }, 'webhooks could not be called') },
    () => sendWebhookCalls(host))
  return () => {
    soon.stop()
    hourly.stop()
    everyMinute.stop()
  }
}
