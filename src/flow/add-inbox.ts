// A new inbox gets one mail with a link and a code, and nothing else before its owner has used one of them (RELIABILITY K15, K16, L16).
import { domainOf, lowerCased, parseMailbox, type Mailbox } from '../mail/address.ts'
import type { Tx } from '../store/database.ts'
import { inboxByUuid, insertInbox, type Inbox } from '../store/inboxes.ts'
import { openLinksOfInbox, putLink } from '../store/one-time-links.ts'
import { takeTry } from '../store/tries.ts'
import { composeMail } from './compose-mail.ts'
import { refusalOf } from './constraint.ts'
import { refuseOurDomain } from './create-account.ts'
import type { Host } from './host.ts'
import { linkExpiry, newLinkToken } from './link-token.ts'
import { notFound, Problem } from './problem.ts'
import { queueOwnMail } from './send-own-mail.ts'

/** Verification mails that may be on their way to one inbox within a day. */
const mostOpenLinks = 3
const dayMs = 86_400_000
/** Nobody's mailbox is filled with our mails, by however many accounts, removed inboxes and processes; and no account writes to half the world. */
const toOneAddress = { most: 3, windowMs: dayMs } as const
const ofOneAccount = { most: 20, windowMs: dayMs } as const

export const addInbox = async (host: Host, input: { readonly accountId: string; readonly address: string }): Promise<Inbox> => {
  const parsed = parseMailbox(input.address.trim())
  if (!parsed || !domainOf(parsed).includes('.')) {
    throw new Problem('invalid', 'Write the address of a mailbox, like you@example.com.', { field: 'address' })
  }
  const address = lowerCased(parsed)
  await countMail(host, input.accountId, address)
  const uuid = await host.db.transaction().execute(async (tx) => {
    await refuseOurDomain(tx, address)
    const inbox = { accountId: input.accountId, address, verifiedAt: null, now: host.clock.now() }
    const made = await insertInbox(tx, inbox).catch((error: unknown) => {
      if (refusalOf(error)?.kind === 'unique') throw new Problem('inbox-exists', `${address} is one of your inboxes already.`)
      throw error
    })
    await sendVerification(host, tx, { accountId: input.accountId, inboxId: made.id, address })
    return made.uuid
  })
  host.wakeWorker()
  return (await inboxByUuid(host.db, input.accountId, uuid))!
}

/** Sends the mail once more; a verified inbox needs none. */
export const verifyInboxAgain = async (host: Host, input: { readonly accountId: string; readonly uuid: string }): Promise<Inbox> => {
  const inbox = await inboxByUuid(host.db, input.accountId, input.uuid)
  if (!inbox) throw notFound('inbox')
  if (inbox.verifiedAt === null) {
    await countMail(host, input.accountId, inbox.address)
    await host.db.transaction().execute(async (tx) => {
      if (await openLinksOfInbox(tx, inbox.id, host.clock.now()) >= mostOpenLinks) {
        throw new Problem('too-many', 'Several verification mails are on their way already. Try again tomorrow.')
      }
      await sendVerification(host, tx, { accountId: input.accountId, inboxId: inbox.id, address: inbox.address })
    })
    host.wakeWorker()
  }
  return inbox
}

/** One verification mail more; throws when that is too many. */
export const countMail = async (host: Host, accountId: string, address: Mailbox): Promise<void> => {
  const { db, keys, clock } = host
  if (await takeTry(db, keys.hash('tries', 'inbox-of', accountId), ofOneAccount, clock.now())
    && await takeTry(db, keys.hash('tries', 'inbox-to', address), toOneAddress, clock.now())) return
  throw new Problem('too-many', 'Several verification mails are on their way already. Try again tomorrow.')
}

export const sendVerification = async (
  host: Host, tx: Tx, inbox: { readonly accountId: string; readonly inboxId: string; readonly address: Mailbox },
): Promise<void> => {
  const token = newLinkToken()
  const code = String(host.random(6).readUIntBE(0, 6) % 1_000_000).padStart(6, '0')
  await putLink(tx, {
    token, purpose: 'verify-inbox', inboxId: inbox.inboxId, codeHash: host.keys.hash('code', inbox.inboxId, code),
    expiresAt: linkExpiry(host.clock.now(), 'verification'),
  })
  await queueOwnMail(host, tx, {
    accountId: inbox.accountId, inboxId: inbox.inboxId, to: inbox.address, subject: 'Confirm this inbox for Burnbox',
    ...composeMail({
      paragraphs: [
        `Somebody, we hope you, wants the mail of their addresses at ${host.domain} to arrive here.`,
        `If that was you, type this code there within 24 hours:\n${code}`,
      ],
      links: [{ name: 'Or open this link, which works once', url: new URL(`/verify#${token}`, host.config.url).href }],
      end: ['If it was not, do nothing: nothing more will be sent to you.'],
    }),
  })
}
