// What happens by the clock, once for all processes of one database: an advisory lock decides which of them does it.

import { Cron } from 'croner'
import { endAliases } from '../flow/end-alias.ts'
import type { Host } from '../flow/host.ts'
import { lapse } from '../flow/lapse.ts'
import { sendDigests } from '../flow/send-digests.ts'
import { sendNotices } from '../flow/send-notices.ts'
import { onlyHere } from '../store/only-here.ts'

/** Returns the function that stops it. */
export const startSchedule = (host: Host): (() => void) => {
  const hourly = new Cron('17 * * * *', { protect: true, unref: true, catch: (error) => host.log.error({ err: error }, 'the hourly clean-up failed') },
    () => onlyHere(host.db, 'lapse', () => lapse(host)))
  const everyMinute = new Cron('* * * * *', { protect: true, unref: true, catch: (error) => host.log.error({ err: error }, 'notices could not be sent') },
    () => onlyHere(host.db, 'notices', async () => {
      await endAliases(host)
      await sendNotices(host)
      await sendDigests(host)
    }))
  return () => {
    hourly.stop()
    everyMinute.stop()
  }
}
