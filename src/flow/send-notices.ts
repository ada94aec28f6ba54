// The day's mail to the owner: what happened to the inboxes of an account, in one short message a day at most. Several processes may try:
// the row of the account's settings is whose turn it is, and it is committed together with the mail.

import { domainOf } from '../mail/address.ts'
import { GAVE_TLS_UP, noticeSubject, NOTICE_EVERY_MS, noticeTarget, noticeText } from '../policy/notice.ts'
import type { Tx } from '../store/database.ts'
import {
  accountsWithNotices, endNoticeTurn, inboxHealth, markTold, noticeClearedDomains, signInAddress, takeNoticeTurn, untoldNotices,
} from '../store/notices.ts'
import { composeMail } from './compose-mail.ts'
import type { Host } from './host.ts'
import { queueOwnMail } from './send-own-mail.ts'

const BATCH = 100

export const sendNotices = async (host: Host): Promise<void> => {
  await host.db.transaction().execute((tx) => noticeClearedDomains(tx, GAVE_TLS_UP))
  const since = new Date(host.clock.now().getTime() - NOTICE_EVERY_MS)
  // Each of them has had its turn afterwards, so that the next look finds others.
  for (const accountId of await accountsWithNotices(host.db, since, BATCH)) {
    if (host.stopping.aborted) return
    await host.db.transaction().execute((tx) => tell(host, tx, accountId, since)).catch((error: unknown) => {
      host.log.error({ err: error, account: accountId }, 'a notice could not be queued')
    })
  }
  host.wakeWorker()
}

const tell = async (host: Host, tx: Tx, accountId: string, since: Date): Promise<void> => {
  const at = host.clock.now()
  const turn = await takeNoticeTurn(tx, accountId, since)
  const notices = turn ? await untoldNotices(tx, accountId) : []
  if (!turn || notices.length === 0) return
  // Switched on later, it tells nothing old.
  if (!turn.wanted) return markTold(tx, notices, at)
  await endNoticeTurn(tx, accountId, at)
  const [inboxes, signIn] = [await inboxHealth(tx, accountId), await signInAddress(tx, accountId)]
  // An address of ours leads to an inbox of theirs.
  const to = noticeTarget(inboxes, signIn && domainOf(signIn) !== host.domain ? signIn : undefined, notices)
  // Asked again tomorrow: until then it is shown, no more.
  if (to === undefined) return
  await queueOwnMail(host, tx, {
    accountId, inboxId: inboxes.find(({ address, verified }) => verified && address === to)?.id ?? null, to,
    subject: noticeSubject(notices, inboxes),
    ...composeMail({
      paragraphs: notices.map((notice) => noticeText(notice, inboxes)),
      links: [{ name: 'Holding', url: new URL('/holding', host.config.url).href }, { name: 'Settings', url: new URL('/settings', host.config.url).href }],
      end: ['You get at most one such mail a day. It can be switched off in Settings.'],
    }),
  })
  await markTold(tx, notices, at)
}
