// What a signed-in mail program may do: write to the reverse aliases of its alias, and to anybody outside, who becomes a correspondent.

import type { Mailbox } from '../mail/address.ts'
import type { AliasFact, Refusal, Reply, Route } from '../policy/decide.ts'
import { correspondentOf } from '../store/reverse-aliases.ts'
import { acceptReply } from './accept-reply.ts'
import { correspondentFor, notOutside } from './correspondent-for.ts'
import type { Host } from './host.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import { kindOfRecipient, routeRecipient } from './route-recipient.ts'

export const routeSubmission = async (host: Host, signedInAs: AliasFact, recipient: Mailbox): Promise<Route | Refusal> => {
  // Burned, closed or forgotten since it signed in.
  const alias = await host.routes.byId(signedInAs.id)
  if (!alias) return { kind: 'reject', reason: 'reverse-alias' }
  switch (await notOutside(host, alias.accountId, recipient)) {
    case 'own': return { kind: 'reject', reason: 'own-address' }
    case 'reverse-alias': return routeReverse(host, alias, recipient)
    case undefined: return routeOutside(host, alias, recipient)
  }
}

const routeReverse = async (host: Host, alias: AliasFact, recipient: Mailbox): Promise<Route | Refusal> => {
  const route = kindOfRecipient(recipient) === 'reverse-alias'
    ? await routeRecipient(host, recipient, { reversePath: { kind: 'null' }, declaredSize: 0 }) : undefined
  if (route?.kind !== 'reply') return { kind: 'reject', reason: 'no-such-address' }
  if (route.alias.accountId !== alias.accountId) return { kind: 'reject', reason: 'no-such-address' }
  return route.alias.id === alias.id ? route : { kind: 'reject', reason: 'other-alias' }
}

const routeOutside = async (host: Host, alias: AliasFact, address: Mailbox): Promise<Route | Refusal> => {
  const to = await correspondentFor(host, alias, address, () => correspondentOf(host.db, host.keys, alias, address))
  return to ? { kind: 'reply', alias, to, localPart: to.reverseLocalPart } : { kind: 'tempfail', reason: 'too-many-correspondents' }
}

export const acceptSubmission = async (host: Host, signedInAs: AliasFact, incoming: Incoming): Promise<Acceptance> => {
  const [first, ...others] = incoming.routes.filter((route): route is Reply => route.kind === 'reply')
  if (!first || others.length + 1 < incoming.routes.length) throw new Error('a submission to somebody who is no correspondent')
  return acceptReply(host, { ...incoming, routes: [first, ...others] }, { accountId: signedInAs.accountId, aliasId: signedInAs.id })
}
