// The day's mail to the owner: what happened to the inboxes of an account, in one short message a day at most. Several processes may try:
// the row of the account's settings is whose turn it is, and it is committed together with the mail.

import { GAVE_TLS_UP, noticeSubject, NOTICE_EVERY_MS, noticeTarget, noticeText } from '../policy/notice.ts'
import { accountById } from '../store/accounts.ts'
import type { Tx } from '../store/database.ts'
import { accountsWithNotices, endNoticeTurn, inboxHealth, markTold, noticeClearedDomains, takeNoticeTurn, untoldNotices } from '../store/notices.ts'
import type { Mailbox } from '../mail/address.ts'
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
  const [inboxes, account] = [await inboxHealth(tx, accountId), await accountById(tx, accountId)]
  const to = noticeTarget(inboxes, account?.email as Mailbox, notices)
  // Asked again tomorrow: until then it is shown, no more.
  if (to === undefined) return
  const paragraphs = notices.map((notice) => noticeText(notice, inboxes))
  const links = [['Holding', new URL('/holding', host.config.url).href], ['Settings', new URL('/settings', host.config.url).href]] as const
  const end = 'You get at most one such mail a day. It can be switched off in Settings.'
  await queueOwnMail(host, tx, {
    accountId, inboxId: inboxes.find(({ address, verified }) => verified && address === to)?.id ?? null, to,
    subject: noticeSubject(notices, inboxes),
    text: `${[...paragraphs, links.map(([name, url]) => `${name}: ${url}`).join('\n'), end].join('\n\n')}\n`.replaceAll('\n', '\r\n'),
    html: htmlOf(paragraphs, links, end),
  })
  await markTold(tx, notices, at)
}

const htmlOf = (paragraphs: readonly string[], links: readonly (readonly [name: string, url: string])[], end: string): string => [
  ...paragraphs.map((text) => `<p>${escaped(text).replaceAll('\n', '<br>\r\n')}</p>`),
  `<p>${links.map(([name, url]) => `<a href="${escaped(url)}">${name}</a>`).join(' · ')}</p>`,
  `<p>${escaped(end)}</p>`, '',
].join('\r\n')

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** Another server's words are among it. */
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character]!)
