// Invitations: the operator makes a link that works for one account within 7 days, and says what that account may have.
// Where sign-up is open anybody may ask for one, and it goes to the address that asks: nobody learns whether that has an account.
import { domainOf, lowerCased, parseMailbox, type Mailbox } from '../mail/address.ts'
import { accountByEmail, operatorOf } from '../store/accounts.ts'
import type { Tx } from '../store/database.ts'
import { isOurDomain } from '../store/domains.ts'
import { putInvitation, withdrawInvitation, type Quota } from '../store/invitations.ts'
import { signUpOf } from '../store/sign-up.ts'
import { takeTry } from '../store/tries.ts'
import { composeMail } from './compose-mail.ts'
import type { Host } from './host.ts'
import { linkExpiry, newLinkToken } from './link-token.ts'
import { notFound, Problem } from './problem.ts'
import { queueOwnMail } from './send-own-mail.ts'
import { tellAccount } from './tell-account.ts'

const mailLimit = { most: 3, windowMs: 3_600_000 } as const
export const usualQuota: Quota = { heldBytes: 200_000_000, aliasLimit: null }

type NewInvitation = Partial<Quota> & { readonly madeBy: string | null; readonly email?: string | undefined }
export type Invited = { readonly id: string; readonly link: string; readonly expiresAt: Date }

export const invite = async (host: Host, input: NewInvitation): Promise<Invited> => {
  const email = input.email === undefined ? null : mailboxOf(input.email)
  const invited = await host.db.transaction().execute((tx) => putIn(host, tx, { ...usualQuota, ...input, email }))
  host.wakeWorker()
  return invited
}

export const withdraw = async (host: Host, id: string): Promise<void> => {
  if (!await withdrawInvitation(host.db, id)) throw notFound('invitation')
}

/** Refuses what anybody may know; what the address decides is done by what it returns, after the answer. */
export const preparedAsk = async (host: Host, address: string): Promise<() => Promise<void>> => {
  const email = mailboxOf(address)
  if (await signUpOf(host.db) !== 'open') throw new Problem('forbidden', 'Accounts are by invitation of whoever runs this host.')
  return () => answerAsk(host, email)
}

const answerAsk = async (host: Host, email: Mailbox): Promise<void> => {
  if (!await takeTry(host.db, host.keys.hash('tries', 'sign-up', email), mailLimit, host.clock.now())) return
  const account = await accountByEmail(host.db, email)
  if (account) {
    return tellAccount(host, account.id, {
      subject: 'You have a Burnbox account',
      paragraphs: [`Somebody, we hope you, asked for an account at ${host.domain}. You have one with this address.`],
      links: [{ name: 'Sign in, or choose a new password', url: new URL('/sign-in', host.config.url).href }],
    })
  }
  await host.db.transaction().execute((tx) => putIn(host, tx, { ...usualQuota, madeBy: null, email }))
  host.wakeWorker()
}

const putIn = async (host: Host, tx: Tx, input: Quota & { readonly madeBy: string | null; readonly email: Mailbox | null }): Promise<Invited> => {
  const now = host.clock.now()
  const token = newLinkToken()
  const expiresAt = linkExpiry(now)
  if (input.email !== null && await isOurDomain(tx, domainOf(input.email))) {
    throw new Problem('invalid', `${input.email} is on this host: invite a mailbox somewhere else.`, { field: 'email' })
  }
  const id = await putInvitation(tx, { ...input, token, now, expiresAt })
  const link = new URL(`/setup#${token}`, host.config.url).href
  const sender = await operatorOf(tx)
  if (input.email !== null && sender) {
    await queueOwnMail(host, tx, {
      accountId: sender.id, inboxId: null, to: input.email, subject: `Your invitation to ${host.domain}`,
      ...composeMail({
        paragraphs: [`You are invited to ${host.domain}: an address for every company, and each can be burned.`],
        links: [{ name: 'Make your account here within 7 days, once', url: link }],
        end: ['If you did not expect this, do nothing: nothing more will be sent to you.'],
      }),
    })
  }
  return { id, link, expiresAt }
}

const mailboxOf = (text: string): Mailbox => {
  const mailbox = parseMailbox(text.trim())
  if (!mailbox || !domainOf(mailbox).includes('.')) throw new Problem('invalid', 'Write an e-mail address like you@example.com.', { field: 'email' })
  return lowerCased(mailbox)
}
