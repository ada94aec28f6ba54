// Addresses that come to be by the mail to them. At RCPT is asked whether it may; made is it when the message is accepted, so that who only
// asks for names makes nothing. Once, however many ask for it: uniqueness is the database's word.

import { domainOf, localPartOf, type Mailbox } from '../mail/address.ts'
import { decideAlias, type Forward, type Hold, type MakeUp, type Route, type Tempfail } from '../policy/decide.ts'
import { mayBeMadeUp, mostMadeUp } from '../policy/made-up.ts'
import { canMakeRoom } from '../policy/retention.ts'
import { lockAccount } from '../store/accounts.ts'
import { insertActivity } from '../store/activity.ts'
import { countAliases, insertAlias } from '../store/aliases.ts'
import { holdingUse } from '../store/holding.ts'
import { countMadeUp, isRetired, lockMadeUpDomain, madeUpDomain, setFlooded } from '../store/made-up.ts'
import type { Host } from './host.ts'
import type { Incoming } from './incoming.ts'

/** Undefined: no such address. */
export const routeMadeUp = async (host: Host, address: Mailbox, declaredSize: number): Promise<MakeUp | Tempfail | undefined> => {
  const name = domainOf(address)
  if (name === host.domain) return undefined
  const domain = await madeUpDomain(host.db, name, host.clock.now())
  if (!domain || !mayBeMadeUp(localPartOf(address), domain)) return undefined
  if (domain.aliasLimit !== null && await countAliases(host.db, domain.accountId) >= domain.aliasLimit) return undefined
  if (await isRetired(host.db, host.keys.hash('retired-address', address))) return undefined
  if (domain.today >= mostMadeUp(domain)) return { kind: 'tempfail', reason: 'too-many-made-up' }
  if (domain.today >= domain.daily && !canMakeRoom(await holdingUse(host.db, domain.accountId), declaredSize)) {
    return { kind: 'tempfail', reason: 'holding-full' }
  }
  return { kind: 'make-up', address, accountId: domain.accountId }
}

export const addressOf = (route: Route): Mailbox => (route.kind === 'make-up' ? route.address : route.alias.address)

type Wanted = Incoming<Forward | Hold | MakeUp>

/** Undefined: one cannot be made any more. What was made stays; the sender comes back. */
export const makeUpAll = async (host: Host, incoming: Wanted): Promise<Incoming<Forward | Hold> | undefined> => {
  const routes: (Forward | Hold)[] = []
  for (const route of incoming.routes) {
    const made = route.kind === 'make-up' ? await makeUp(host, route, incoming) : route
    if (!made) return undefined
    routes.push(made)
  }
  const [first, ...others] = routes
  return first && { ...incoming, routes: [first, ...others] }
}

const makeUp = async (host: Host, { address }: MakeUp, incoming: Wanted): Promise<Forward | Hold | undefined> => {
  await insertMadeUp(host, address, incoming)
  const fact = await host.routes.byAddress(address)
  const decision = fact.kind === 'alias' ? decideAlias(fact.alias) : undefined
  return decision?.kind === 'reject' ? undefined : decision
}

/** Does nothing when another message made it meanwhile, or its owner wants none any more. */
const insertMadeUp = (host: Host, address: Mailbox, { reversePath, helo, clientIp }: Wanted): Promise<void> =>
  host.db.transaction().execute(async (tx) => {
    const now = host.clock.now()
    const domain = await lockMadeUpDomain(tx, domainOf(address), now)
    if (!domain || !mayBeMadeUp(localPartOf(address), domain) || domain.today >= mostMadeUp(domain)) return
    const { accountId, aliasLimit, defaultInboxId, today, daily } = domain
    if (aliasLimit !== null) {
      await lockAccount(tx, accountId)
      if (await countAliases(tx, accountId) >= aliasLimit) return
    }
    const made = await insertAlias(tx, {
      accountId, domain, localPart: localPartOf(address), site: null, label: null, note: null, displayName: null, pinned: false,
      inboxIds: defaultInboxId === null ? [] : [defaultInboxId], now, retiredHash: host.keys.hash('retired-address', address),
      madeUpBy: { from: reversePath.kind === 'null' ? null : domainOf(reversePath.mailbox), host: helo.slice(0, 255), ip: clientIp },
    })
    if (!made) return
    await countMadeUp(tx, domain.id, today + 1, now)
    if (today >= daily) await setFlooded(tx, made.id)
    await insertActivity(tx, [{ at: now, accountId, aliasId: made.id, aliasAddress: address, kind: 'created', reason: 'made-up' }])
  })
