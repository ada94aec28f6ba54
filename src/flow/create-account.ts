// A new account with its verified inboxes, all or nothing; the operator's gets postmaster@ and abuse@ too (RFC 2142, RFC 5321 §4.5.1).
import { domainOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { accountByEmail, insertAccount, lockAccounts, operatorOf, updateSettings, type Role } from '../store/accounts.ts'
import { insertAlias } from '../store/aliases.ts'
import type { Tx } from '../store/database.ts'
import { domainFor, ensureHostDomain, isOurDomain } from '../store/domains.ts'
import { insertInbox } from '../store/inboxes.ts'
import type { Quota } from '../store/invitations.ts'
import { putLink } from '../store/one-time-links.ts'
import { refusalOf } from './constraint.ts'
import type { Host } from './host.ts'
import { linkExpiry, newLinkToken } from './link-token.ts'
import { Problem } from './problem.ts'

type NewAccount = {
  readonly email: Mailbox
  readonly name?: string | undefined
  readonly role: Role
  /** Verified from the start; none: the e-mail address itself. The first becomes the default. */
  readonly inboxes: readonly Mailbox[]
  /** Nobody knows yet whether the e-mail address is theirs: its inbox has to be verified. */
  readonly unverified?: boolean
  readonly quota?: Quota | undefined
}

/** Returns the one-time link to the page where its owner chooses a password. */
export const createAccount = (host: Host, account: NewAccount): Promise<{ readonly id: string; readonly link: string }> =>
  host.db.transaction().execute(async (tx) => {
    await lockAccounts(tx)
    const id = await insertWholeAccount(host, tx, account)
    return { id, link: await putSignInLink(host, tx, id) }
  })

/** For an account that is there: whoever follows it chooses a new password, and every session ends. */
export const createSignInLink = (host: Host, accountId: string): Promise<string> =>
  host.db.transaction().execute((tx) => putSignInLink(host, tx, accountId))

const putSignInLink = async (host: Host, tx: Tx, accountId: string): Promise<string> => {
  const token = newLinkToken()
  await putLink(tx, { token, purpose: 'sign-in', accountId, expiresAt: linkExpiry(host.clock.now()) })
  return new URL(`/setup#${token}`, host.config.url).href
}

export const insertWholeAccount = async (host: Host, tx: Tx, account: NewAccount): Promise<string> => {
  const now = host.clock.now()
  const email = lowerCased(account.email)
  await ensureHostDomain(tx, host.domain)
  const addresses = [...new Set((account.inboxes.length > 0 ? account.inboxes : [email]).map(lowerCased))]
  for (const address of addresses) await refuseOurDomain(tx, address)
  const id = await insertAccount(tx, {
    email, name: account.name?.trim() || email, role: account.role, now, emailVerified: !account.unverified, ...account.quota,
  }).catch((error: unknown) => {
    if (refusalOf(error)?.kind === 'unique') throw new Problem('account-exists', `There is an account ${email} already.`)
    throw error
  })
  const inboxIds: string[] = []
  const verifiedAt = account.unverified ? null : now
  for (const address of addresses) inboxIds.push((await insertInbox(tx, { accountId: id, address, verifiedAt, now })).id)
  if (!account.unverified) await updateSettings(tx, id, { defaultInboxId: inboxIds[0]! })
  if (account.role === 'operator') await ensureSystemAliases(host, tx)
  return id
}

/** An inbox here would be an alias that leads to itself. */
export const refuseOurDomain = async (tx: Tx, address: Mailbox): Promise<void> => {
  if (await isOurDomain(tx, domainOf(address))) {
    throw new Problem('invalid', `${address} is on this host: an inbox must be a mailbox somewhere else.`, { field: 'address' })
  }
}

/** postmaster and abuse lead to the first operator; where they are there already nothing changes. */
export const ensureSystemAliases = async (host: Host, tx: Tx): Promise<void> => {
  const operator = await operatorOf(tx)
  const domain = operator && await domainFor(tx, operator.id, host.domain)
  if (!operator || !domain) return
  for (const localPart of ['postmaster', 'abuse']) {
    await insertAlias(tx, {
      accountId: operator.id, domain, localPart, system: true, site: null, label: null, note: null, displayName: null, pinned: false,
      inboxIds: operator.defaultInboxId === null ? [] : [operator.defaultInboxId], now: host.clock.now(),
      retiredHash: host.keys.hash('retired-address', `${localPart}@${host.domain}`),
    })
  }
}

export const accountNamed = async (host: Host, email: string) => {
  const account = await accountByEmail(host.db, email.trim().toLowerCase())
  if (!account) throw new Problem('not-found', `There is no account ${email}.`)
  return account
}
