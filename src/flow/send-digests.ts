// The digest: what was held since the latest one, weekly or daily, only when there is something. And, at once, that a burned address got what
// looks like a code or a password reset: at most one such mail an hour.

import { digestOf } from '../policy/digest.ts'
import type { Wanted } from '../policy/wanted.ts'
import type { Tx } from '../store/database.ts'
import { accountsInAHurry, accountsWithDigest, heldSince, takeDigestTurn, takeUrgentTurn } from '../store/digests.ts'
import { markTold, untoldNotices } from '../store/notices.ts'
import { composeMail, type OwnText } from './compose-mail.ts'
import { heldLink } from './held-link.ts'
import type { Host } from './host.ts'
import { queueOwnMail } from './send-own-mail.ts'
import { accountMailbox } from './tell-account.ts'

const BATCH = 100
const HOUR_MS = 3_600_000
const names: Readonly<Record<Wanted, string>> = { code: 'Code', reset: 'Password', receipt: 'Receipt', invitation: 'Invitation' }

export const sendDigests = async (host: Host): Promise<void> => {
  const now = host.clock.now()
  await eachOf(host, await accountsWithDigest(host.db, now, BATCH), (tx, accountId) => sendDigest(host, tx, accountId, now))
  const since = new Date(now.getTime() - HOUR_MS)
  await eachOf(host, await accountsInAHurry(host.db, since, BATCH), (tx, accountId) => tellAtOnce(host, tx, accountId, since))
  host.wakeWorker()
}

const eachOf = async (host: Host, accounts: readonly string[], send: (tx: Tx, accountId: string) => Promise<void>): Promise<void> => {
  for (const accountId of accounts) {
    if (host.stopping.aborted) return
    await host.db.transaction().execute((tx) => send(tx, accountId)).catch((error: unknown) => {
      host.log.error({ err: error, account: accountId }, 'a digest could not be queued')
    })
  }
}

const sendDigest = async (host: Host, tx: Tx, accountId: string, now: Date): Promise<void> => {
  const turn = await takeDigestTurn(tx, accountId, now)
  const since = turn && await heldSince(tx, accountId, turn.since)
  if (!turn || !since || since.count === 0) return
  const { wanted, others, further, count } = digestOf(since.held, since.count)
  await queue(host, tx, accountId, count === 1 ? '1 message was held' : `${count} messages were held`, {
    paragraphs: [
      `Since ${turn.since.toISOString().slice(0, 10)} Burnbox held ${count === 1 ? 'one message' : `${count} messages`} for you.`,
      ...(wanted.length > 0 ? ['Probably wanted; each link shows the message and asks what to do with it:'] : []),
    ],
    links: wanted.map((one) => ({ name: `${names[one.as]}: ${one.subject} (${one.from}, to ${one.alias})`, url: heldLink(host, one) })),
    end: [
      ...(others.length > 0 ? [`The rest, by company:\n${[...others, ...more(further)].map(({ company, count: n }) => `${company}: ${n}`).join('\n')}`] : []),
      `Everything is in Holding: ${new URL('/holding', host.config.url).href}`,
      `You get this ${turn.every === 'daily' ? 'once a day' : 'once a week'}, when there is something. Settings can change that.`,
    ],
  })
}

const more = (count: number) => (count > 0 ? [{ company: 'Others', count }] : [])

const tellAtOnce = async (host: Host, tx: Tx, accountId: string, since: Date): Promise<void> => {
  const now = host.clock.now()
  const notices = (await untoldNotices(tx, accountId, 'at-once'))
  const turn = notices.length > 0 ? await takeUrgentTurn(tx, accountId, since, now) : undefined
  if (!turn) return
  if (turn.wanted) {
    await queue(host, tx, accountId, notices.length === 1 ? `Held for ${notices[0]!.about}: a code?` : 'Held: codes?', {
      paragraphs: [
        'Burned addresses got what looks like a code or a new password. It waits in Holding.',
        ...notices.map(({ about, detail }) => `To ${about}: ${detail}`),
      ],
      links: [{ name: 'Holding', url: new URL('/holding', host.config.url).href }],
      end: ['You get at most one such mail an hour. It can be switched off in Settings, with the other notices.'],
    })
  }
  await markTold(tx, notices, now)
}

const queue = async (host: Host, tx: Tx, accountId: string, subject: string, text: OwnText): Promise<void> => {
  const target = await accountMailbox(tx, accountId)
  if (target) await queueOwnMail(host, tx, { accountId, ...target, subject, ...composeMail(text) })
}
