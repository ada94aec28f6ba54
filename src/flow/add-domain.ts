// A domain of one's own: named, proved by a record in its DNS, and from then on addresses can be made of it. Or a name below the host's.
import { parseDomain } from '../mail/address.ts'
import { registrableDomain } from '../policy/site.ts'
import { checkSubdomain, isSubdomainOf } from '../policy/subdomain.ts'
import { accountById, lockAccount } from '../store/accounts.ts'
import { insertAlias } from '../store/aliases.ts'
import type { Tx } from '../store/database.ts'
import { claimByUuid, claimsOf, giveOnce, hasInboxAt, insertClaim, takeDomain, type DomainClaim } from '../store/domain-claims.ts'
import { domainFor, isOurDomain } from '../store/domains.ts'
import { takeTry } from '../store/tries.ts'
import { checkRecord } from './check-record.ts'
import { refusalOf } from './constraint.ts'
import type { Host } from './host.ts'
import { proofRecord } from './own-domain-records.ts'
import { notFound, Problem } from './problem.ts'
import { ensureDkimKeys } from './rotate-dkim.ts'

/** Each look costs a question to somebody else's DNS. */
const LOOKS = { most: 60, windowMs: 3_600_000 } as const

export const addDomain = async (host: Host, input: { readonly accountId: string; readonly name: string }): Promise<DomainClaim> => {
  const { accountId } = input
  const name = nameOf(host, input.name)
  const ofHost = isSubdomainOf(host.domain, name)
  if (ofHost) refuseReserved(host, name)
  const uuid = await host.db.transaction().execute(async (tx) => {
    await lockAccount(tx, accountId)
    const limit = (await accountById(tx, accountId))!.domainLimit
    const before = await claimsOf(tx, accountId)
    if (limit !== null && before.length >= limit) {
      throw new Problem('limit-reached', `This account may have ${limit} domains. Remove one, or ask whoever runs this host for more.`)
    }
    const claimed = await insertClaim(tx, { accountId, name, now: host.clock.now() }).catch((error: unknown) => {
      if (refusalOf(error)?.kind === 'unique') throw new Problem('domain-exists', `${name} is one of your domains already.`)
      throw error
    })
    if (ofHost) await giveSubdomain(host, tx, (await claimByUuid(tx, accountId, claimed))!, before)
    return claimed
  })
  return (await claimByUuid(host.db, accountId, uuid))!
}

const nameOf = (host: Host, text: string): string => {
  const name = parseDomain(text.trim().replace(/\.$/, ''))?.toLowerCase()
  if (name === undefined || (registrableDomain(name) === undefined && !isSubdomainOf(host.domain, name))) {
    throw new Problem('invalid', 'Write a domain that you own, such as family.example.', { field: 'name' })
  }
  if (name === host.domain) throw new Problem('invalid', `${name} is the domain of this host: everybody here has it already.`, { field: 'name' })
  return name
}

const refuseReserved = (host: Host, name: string): void => {
  const checked = checkSubdomain(host.domain, name, [host.config.url.hostname.toLowerCase()])
  if (checked.kind === 'refused') throw new Problem('invalid', checked.why, { field: 'name' })
}

/** A name below the host's needs no proof: it is theirs who chose it first, one for each account, for good. */
const giveSubdomain = async (host: Host, tx: Tx, claim: DomainClaim, before: readonly DomainClaim[]): Promise<void> => {
  const mine = before.find(({ name, provedAt }) => provedAt !== null && isSubdomainOf(host.domain, name))
  if (mine) throw new Problem('limit-reached', `You have ${mine.name} already. A name at ${host.domain} is chosen once.`)
  if (await isOurDomain(tx, claim.name) || !await giveOnce(tx, host.keys.hash('retired-address', `@${claim.name}`))) {
    throw new Problem('domain-taken', `${claim.name} is taken. Choose another name.`)
  }
  await refuseOwnInboxes(tx, claim)
  await takeDomain(tx, claim, host.clock.now())
}

const refuseOwnInboxes = async (tx: Tx, { accountId, name }: DomainClaim): Promise<void> => {
  if (!await hasInboxAt(tx, accountId, name)) return
  throw new Problem('in-use', `One of your inboxes is at ${name}: its mail would come back here. Use a subdomain, or another inbox.`)
}

/** Looks for the proof; what is proved stays so. The key that signs for it is made now. */
export const proveDomain = async (host: Host, input: { readonly accountId: string; readonly uuid: string }): Promise<DomainClaim> => {
  const claim = await claimByUuid(host.db, input.accountId, input.uuid)
  if (!claim) throw notFound('domain')
  if (claim.provedAt === null) {
    await lookForProof(host, claim)
    await host.db.transaction().execute((tx) => makeItTheirs(host, tx, claim))
  }
  if (!isSubdomainOf(host.domain, claim.name)) await ensureDkimKeys(host, claim.name)
  return (await claimByUuid(host.db, input.accountId, input.uuid))!
}

const lookForProof = async (host: Host, claim: DomainClaim): Promise<void> => {
  if (!await takeTry(host.db, host.keys.hash('tries', 'domain', claim.accountId), LOOKS, host.clock.now())) {
    throw new Problem('too-many', 'That was looked up often. Try again in an hour.')
  }
  const proof = proofRecord(host, claim)
  const { published } = await checkRecord(host.resolve, proof)
  if (published === true) return
  const what = published === null ? `The DNS gave no answer for ${proof.name}` : `The record is not found at ${proof.name}`
  throw new Problem('not-published', `${what}. A new record takes some minutes, sometimes an hour, to be seen.`)
}

const makeItTheirs = async (host: Host, tx: Tx, claim: DomainClaim): Promise<void> => {
  const { accountId, name } = claim
  await refuseOwnInboxes(tx, claim)
  if (!await takeDomain(tx, claim, host.clock.now())) {
    throw new Problem('domain-taken', `${name} belongs to another account of this host. Whoever runs it can help.`)
  }
  const account = (await accountById(tx, accountId))!
  const domain = (await domainFor(tx, accountId, name))!
  // RFC 5321 §4.5.1, RFC 2142: every domain that takes mail has them.
  for (const localPart of ['postmaster', 'abuse']) {
    await insertAlias(tx, {
      accountId, domain, localPart, system: true, site: null, label: null, note: null, displayName: null, pinned: false,
      inboxIds: account.defaultInboxId === null ? [] : [account.defaultInboxId], now: host.clock.now(),
      retiredHash: host.keys.hash('retired-address', `${localPart}@${name}`),
    })
  }
}
