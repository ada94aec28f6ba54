// A new address. Uniqueness is the database's word: insert, and on conflict try other letters; never look first.
import { parseDomain } from '../mail/address.ts'
import { checkCustomLocalPart, localPartFor, type AddressFormat } from '../policy/local-part.ts'
import { registrableDomain } from '../policy/site.ts'
import { accountById, lockAccount, type Account } from '../store/accounts.ts'
import { insertActivity } from '../store/activity.ts'
import { aliasByUuid, countAliases, insertAlias, type Alias } from '../store/aliases.ts'
import type { Database, Tx } from '../store/database.ts'
import { domainFor, type Domain } from '../store/domains.ts'
import { keepIdempotencyKey, takeIdempotencyKey } from '../store/idempotency-keys.ts'
import { ownInboxIds } from '../store/inboxes.ts'
import { countCreated, type TokenLimit } from '../store/tokens.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'

/** The token that asks, when it is one. */
export type CreatingToken = TokenLimit & { readonly id: string; readonly expiresAt: Date | null }

type NewAlias = {
  readonly accountId: string
  /** A URL or a host name; kept as the company's registrable domain. */
  readonly site: string | null
  readonly label: string | null
  readonly note: string | null
  readonly displayName: string | null
  readonly pinned: boolean
  readonly localPart?: string | undefined
  readonly domain?: string | undefined
  readonly inboxIds?: readonly string[] | undefined
  /** Else the account's. */
  readonly format?: AddressFormat | undefined
  readonly token?: CreatingToken | undefined
  /** A call with the same key made its alias already: that one is the answer. */
  readonly idempotencyKey?: string | undefined
}

/** 17 million sets of letters for each name: so many conflicts in a row mean that something else is wrong. */
export const mostTries = 20

export const createAlias = (host: Host, input: NewAlias): Promise<Alias> => host.db.transaction().execute(async (tx) => {
  const before = input.idempotencyKey === undefined ? undefined : await takeIdempotencyKey(tx, input.accountId, input.idempotencyKey, host.clock.now())
  if (before !== undefined) return (await aliasByUuid(tx, input.accountId, before))!
  const domain = await chosenDomain(host, tx, input)
  const site = siteOf(input.site)
  const inboxIds = await chosenInboxes(tx, input.accountId, input.inboxIds)
  const now = host.clock.now()
  const insert = (localPart: string) => insertAlias(tx, {
    accountId: input.accountId, domain, localPart, site, label: input.label, note: input.note, displayName: input.displayName,
    pinned: input.pinned,
    inboxIds, now, retiredHash: host.keys.hash('retired-address', `${localPart}@${domain.name}`),
  })
  const account = (await accountById(tx, input.accountId))!
  await refuseOverLimit(host, tx, account, input.token)
  const format = input.format ?? account.addressFormat
  const made = await (input.localPart === undefined ? insertRandom(host, input.site, format, insert) : insert(customLocalPart(input.localPart)))
  if (!made) {
    const detail = `${input.localPart}@${domain.name} is taken. Choose another name before the @.`
    throw new Problem('alias-taken', detail, { field: 'local_part' })
  }
  const alias = (await aliasByUuid(tx, input.accountId, made.uuid))!
  if (input.idempotencyKey !== undefined) await keepIdempotencyKey(tx, input.accountId, input.idempotencyKey, alias.id)
  await insertActivity(tx, [{ at: now, accountId: input.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'created' }])
  return alias
})

/** Counted with the account's settings locked: of many at once none goes over the limit (RELIABILITY L20). */
const refuseOverLimit = async (host: Host, tx: Tx, { id, aliasLimit: limit }: Account, token: CreatingToken | undefined): Promise<void> => {
  if (token && token.dailyLimit !== null && !await countCreated(tx, token.id, host.clock.now())) {
    throw new Problem('too-many', `This token makes ${token.dailyLimit} addresses a day. Try again tomorrow (UTC).`)
  }
  if (limit === null) return
  await lockAccount(tx, id)
  if (await countAliases(tx, id) < limit) return
  throw new Problem('limit-reached', `This account may have ${limit} addresses. Delete one, or ask whoever runs this host for more.`)
}

const insertRandom = async <T>(
  host: Host, site: string | null, format: AddressFormat, insert: (localPart: string) => Promise<T | undefined>,
): Promise<T> => {
  for (let tries = 0; tries < mostTries; tries++) {
    const made = await insert(localPartFor(site, (below) => randomBelow(host, below), format))
    if (made) return made
  }
  throw new Error(`no free address after ${mostTries} tries`)
}

/** Each number as likely: octets beyond the last whole multiple are thrown away. */
export const randomBelow = (host: Pick<Host, 'random'>, below: number): number => {
  for (;;) {
    const octet = host.random(1)[0]!
    if (octet < 256 - (256 % below)) return octet % below
  }
}

const customLocalPart = (text: string): string => {
  const checked = checkCustomLocalPart(text)
  if (checked.kind === 'refused') throw new Problem('invalid', checked.why, { field: 'local_part' })
  return checked.localPart
}

export const siteOf = (text: string | null): string | null => {
  if (text === null) return null
  const site = registrableDomain(text) ?? hostName(text)
  if (site === undefined) {
    throw new Problem('invalid', 'Write the address of a web site, like shop.example or https://shop.example.', { field: 'site' })
  }
  return site
}

/** A host that no public suffix covers, on a home network say. */
const hostName = (text: string): string | undefined => {
  const url = /\s/.test(text) ? null : URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' ? parseDomain(url.hostname) : undefined
}

const chosenDomain = async (host: Host, db: Database, { accountId, token, domain: asked }: NewAlias): Promise<Domain> => {
  const only = token?.domain ?? undefined
  const name = asked === undefined ? only ?? host.domain : parseDomain(asked.trim())
  if (only !== undefined && name !== only) throw new Problem('forbidden', `This token makes addresses of ${only} alone.`)
  const domain = name === undefined ? undefined : await domainFor(db, accountId, name)
  if (!domain) throw new Problem('invalid', `${asked ?? name} is not one of your domains.`, { field: 'domain' })
  return domain
}

/** None given: the account's default inbox, alone. */
export const chosenInboxes = async (db: Database, accountId: string, uuids: readonly string[] | undefined): Promise<readonly string[]> => {
  if (uuids === undefined) {
    const inbox = (await accountById(db, accountId))?.defaultInboxId
    return inbox ? [inbox] : []
  }
  const wanted = [...new Set(uuids.map((uuid) => uuid.toLowerCase()))]
  const ids = await ownInboxIds(db, accountId, wanted)
  if (ids.length !== wanted.length) {
    throw new Problem('invalid', 'inbox_ids: each must be the id of one of your inboxes.', { field: 'inbox_ids' })
  }
  return ids
}
