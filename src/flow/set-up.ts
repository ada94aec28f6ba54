// The first account of a host, and the first sign-in of every other: a one-time link leads to a page that asks for a password.
// The token is in the fragment of the URL, so that it is in no log and no referrer.
import { parseMailbox } from '../mail/address.ts'
import { accountById, anyAccount, lockAccounts, setPassword, type Account } from '../store/accounts.ts'
import { ensureHostDomain } from '../store/domains.ts'
import { dropSetupLinks, putLink, readLink, takeLink } from '../store/one-time-links.ts'
import { ensureSystemAliases, insertWholeAccount } from './create-account.ts'
import type { Host } from './host.ts'
import type { Identities } from './identities.ts'
import { linkExpiry, newLinkToken } from './link-token.ts'
import { Problem } from './problem.ts'

const leastPasswordLength = 10
/** The library that hashes it takes no more. */
const mostPasswordLength = 128

const linkUsed = (): Problem =>
  new Problem('link-used', 'This link was used already or has expired. Make a new one: restart Burnbox, or run burnbox account add.')

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

/** What the page asks for: an address too, or only a password. */
export const readSetupLink = async (
  host: Host, token: string,
): Promise<{ readonly purpose: 'setup' | 'sign-in'; readonly email: string | null }> => {
  const link = await readLink(host.db, token, ['setup', 'sign-in'], host.clock.now())
  if (!link) throw linkUsed()
  if (link.accountId === null) return { purpose: 'setup', email: null }
  return { purpose: 'sign-in', email: (await accountById(host.db, link.accountId))?.email ?? null }
}

export const setUp = async (
  host: Host, identities: Identities,
  input: { readonly token: string; readonly email?: string | undefined; readonly password: string; readonly name?: string | undefined },
): Promise<Account> => {
  if (input.password.length < leastPasswordLength) {
    throw new Problem('invalid', `The password needs at least ${leastPasswordLength} characters.`, { field: 'password' })
  }
  if (input.password.length > mostPasswordLength) {
    throw new Problem('invalid', `The password may have at most ${mostPasswordLength} characters.`, { field: 'password' })
  }
  // Hashing is slow on purpose: never with a connection in hand, and not for a link that is dead.
  await readSetupLink(host, input.token)
  const passwordHash = await identities.hashPassword(input.password)
  return host.db.transaction().execute(async (tx) => {
    const now = host.clock.now()
    await lockAccounts(tx)
    const link = await takeLink(tx, input.token, ['setup', 'sign-in'], now)
    if (!link) throw linkUsed()
    if (link.accountId === null && await anyAccount(tx)) throw new Problem('set-up', 'This host has an account already: sign in.')
    const accountId = link.accountId ?? await insertWholeAccount(host, tx, {
      email: emailOf(input.email), name: input.name, role: 'operator', inboxes: [],
    })
    await setPassword(tx, accountId, passwordHash, now)
    return (await accountById(tx, accountId))!
  })
}

const emailOf = (text: string | undefined) => {
  const mailbox = text === undefined ? undefined : parseMailbox(text.trim())
  if (!mailbox) throw new Problem('invalid', 'Write an e-mail address like you@example.com.', { field: 'email' })
  return mailbox
}
