// The first account of a host, an invited one, and the first sign-in of every other: a one-time link leads to a page that asks for a password
// or a passkey.
// The token is in the fragment of the URL, so that it is in no log and no referrer.
import { parseMailbox, type Mailbox } from '../mail/address.ts'
import { accountById, anyAccount, dropPassword, lockAccounts, setPassword, type Account } from '../store/accounts.ts'
import type { Tx } from '../store/database.ts'
import { ensureHostDomain } from '../store/domains.ts'
import { inboxesOf } from '../store/inboxes.ts'
import { noteInvited, readInvitation, takeInvitation } from '../store/invitations.ts'
import { dropSetupLinks, putLink, readLink, takeLink } from '../store/one-time-links.ts'
import { sendVerification } from './add-inbox.ts'
import { ensureSystemAliases, insertWholeAccount } from './create-account.ts'
import type { Host } from './host.ts'
import type { Identities } from './identities.ts'
import { linkExpiry, newLinkToken } from './link-token.ts'
import { Problem } from './problem.ts'

export const leastPasswordLength = 10
/** The library that hashes it takes no more. */
export const mostPasswordLength = 128

const linkUsed = (): Problem =>
  new Problem('link-used', 'This link was used already or has expired. Ask whoever runs this host for a new one (burnbox account link, or an invitation).')

/**
 * At each start: the domain has its row and, once there is an operator, its postmaster (the domain may be another one than last time).
 * Returns the set-up URL of a host without accounts; the ones given out before stop working.
 */
export const prepareHost = (host: Host): Promise<string | undefined> => host.db.transaction().execute(async (tx) => {
  await lockAccounts(tx)
  await ensureHostDomain(tx, host.domain)
  if (await anyAccount(tx)) {
    await ensureSystemAliases(host, tx)
    return undefined
  }
  await dropSetupLinks(tx)
  const token = newLinkToken()
  await putLink(tx, { token, purpose: 'setup', expiresAt: linkExpiry(host.clock.now()) })
  return new URL(`/setup#${token}`, host.config.url).href
})

export type SetupLink = { readonly purpose: 'setup' | 'sign-in' | 'invitation'; readonly email: string | null; readonly accountId: string | null }

/** What the page asks for: an address too, or only a password or a passkey. */
export const readSetupLink = async (host: Host, token: string): Promise<SetupLink> => {
  const now = host.clock.now()
  const link = await readLink(host.db, token, ['setup', 'sign-in'], now)
  if (link && link.accountId !== null) {
    return { purpose: 'sign-in', email: (await accountById(host.db, link.accountId))?.email ?? null, accountId: link.accountId }
  }
  if (link) return { purpose: 'setup', email: null, accountId: null }
  const invitation = await readInvitation(host.db, token, now)
  if (!invitation) throw linkUsed()
  return { purpose: 'invitation', email: invitation.email, accountId: null }
}

export type SetUp = {
  readonly token: string
  readonly email?: string | undefined
  readonly name?: string | undefined
  /** A passkey is written by the sign-in library, after this. */
  readonly credential: { readonly kind: 'password'; readonly password: string } | { readonly kind: 'passkey' }
}

/** Uses the link: makes its account, or lets the one it is for begin anew, without its old password, code and sessions. */
export const setUp = async (host: Host, identities: Pick<Identities, 'hashPassword'>, input: SetUp): Promise<Account> => {
  const { credential } = input
  if (credential.kind === 'password') checkPassword(credential.password)
  // Hashing is slow on purpose: never with a connection in hand, and not for a link that is dead.
  await readSetupLink(host, input.token)
  const passwordHash = credential.kind === 'password' ? await identities.hashPassword(credential.password) : undefined
  const account = await host.db.transaction().execute(async (tx) => {
    const now = host.clock.now()
    await lockAccounts(tx)
    const accountId = await accountOfLink(host, tx, input, now)
    if (passwordHash === undefined) await dropPassword(tx, accountId)
    else await setPassword(tx, accountId, passwordHash, now)
    return (await accountById(tx, accountId))!
  })
  host.wakeWorker()
  return account
}

const accountOfLink = async (host: Host, tx: Tx, input: SetUp, now: Date): Promise<string> => {
  const link = await takeLink(tx, input.token, ['setup', 'sign-in'], now)
  if (link && link.accountId !== null) return link.accountId
  if (link) {
    if (await anyAccount(tx)) throw new Problem('set-up', 'This host has an account already: sign in.')
    return insertWholeAccount(host, tx, { email: emailOf(input.email), name: input.name, role: 'operator', inboxes: [] })
  }
  const invitation = await takeInvitation(tx, input.token, now)
  if (!invitation) throw linkUsed()
  // Whoever has a link that was mailed reads that mailbox. An address that was only typed here must be verified.
  const email = invitation.email ?? emailOf(input.email)
  const unverified = invitation.email === null
  const quota = { heldBytes: invitation.heldBytes, aliasLimit: invitation.aliasLimit }
  const accountId = await insertWholeAccount(host, tx, { email, name: input.name, role: 'member', inboxes: [], unverified, quota })
  await noteInvited(tx, invitation.id, accountId)
  if (unverified) for (const inbox of await inboxesOf(tx, accountId)) await sendVerification(host, tx, { accountId, inboxId: inbox.id, address: inbox.address })
  return accountId
}

const checkPassword = (password: string): void => {
  if (password.length < leastPasswordLength) {
    throw new Problem('invalid', `The password needs at least ${leastPasswordLength} characters.`, { field: 'password' })
  }
  if (password.length > mostPasswordLength) {
    throw new Problem('invalid', `The password may have at most ${mostPasswordLength} characters.`, { field: 'password' })
  }
}

const emailOf = (text: string | undefined): Mailbox => {
  const mailbox = text === undefined ? undefined : parseMailbox(text.trim())
  if (!mailbox) throw new Problem('invalid', 'Write an e-mail address like you@example.com.', { field: 'email' })
  return mailbox
}
