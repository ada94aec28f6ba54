// RCPT: from a forward-path to a route (we take responsibility) or a refusal (the client keeps the message).

import { domainOf, localPartOf, lowerCased, type Mailbox, type ReversePath } from '../mail/address.ts'
import { isBurnLocalPart } from '../mail/burn-token.ts'
import { parseReplyPath } from '../mail/reply-path.ts'
import { parseVerp } from '../mail/return-path.ts'
import { kindOfLocalPart, type LocalPartKind } from '../mail/reverse-alias.ts'
import { parseWriteAddress } from '../mail/write-address.ts'
import { decideAlias, type Refusal, type Route } from '../policy/decide.ts'
import { canMakeRoom } from '../policy/retention.ts'
import { isSubdomainOf } from '../policy/subdomain.ts'
import { holdingUse } from '../store/holding.ts'
import { routeBurnOrder } from './burn-by-mail.ts'
import type { Host } from './host.ts'
import { routeMadeUp } from './make-up.ts'
import { isOurDomain, replyVeil } from './reply-names.ts'
import { routeReply } from './route-reply.ts'

const DAY_MS = 86_400_000
const NO_SUCH_ADDRESS: Refusal = { kind: 'reject', reason: 'no-such-address' }

export type Sender = { readonly reversePath: ReversePath; /** SIZE=, or 0 */ readonly declaredSize: number }

export const kindOfRecipient = (forwardPath: Mailbox): LocalPartKind => kindOfLocalPart(localPartOf(forwardPath))

/** A transaction holds recipients of one kind, and what an owner writes is of one alias. */
export const goTogether = (one: Route, other: Route): boolean =>
  groupOf(one) === groupOf(other) && (!isOfOneAlias(one) || !isOfOneAlias(other) || one.alias.id === other.alias.id)

const isOfOneAlias = (route: Route): route is Extract<Route, { kind: 'reply' | 'write-request' }> => route.kind === 'reply' || route.kind === 'write-request'

const groupOf = ({ kind }: Route): Route['kind'] => (kind === 'hold' || kind === 'make-up' ? 'forward' : kind)

export const routeRecipient = async (host: Host, forwardPath: Mailbox, sender: Sender): Promise<Route | Refusal> => {
  switch (kindOfRecipient(forwardPath)) {
    case 'verp': return await routeReport(host, forwardPath) ?? noSuchAddress(host, forwardPath)
    case 'reverse-alias': return await routeReply(host, forwardPath) ?? noSuchAddress(host, forwardPath)
    case 'alias': return routeAlias(host, forwardPath, sender)
  }
}

const routeAlias = async (host: Host, forwardPath: Mailbox, sender: Sender): Promise<Route | Refusal> => {
  const fact = await host.routes.byAddress(forwardPath)
  if (fact.kind === 'foreign-domain') return { kind: 'reject', reason: 'relay-not-permitted' }
  if (fact.kind === 'unknown') {
    return await routeWriteRequest(host, forwardPath) ?? await routeToOperator(host, forwardPath, sender)
      ?? await routeMadeUp(host, lowerCased(forwardPath), sender.declaredSize) ?? NO_SUCH_ADDRESS
  }
  const decision = decideAlias(fact.alias)
  if (decision.kind !== 'hold' || (decision.reason !== 'burned' && decision.reason !== 'flood')) return decision
  const use = await holdingUse(host.db, fact.alias.accountId)
  return canMakeRoom(use, sender.declaredSize) ? decision : { kind: 'tempfail', reason: 'holding-full' }
}

/** Who may ask is known when the message is there; a guess is answered as one of the alias itself is. */
const routeWriteRequest = async (host: Host, forwardPath: Mailbox): Promise<Route | undefined> => {
  const asked = parseWriteAddress(forwardPath)
  const fact = asked && await host.routes.byAddress(asked.alias)
  return asked && fact?.kind === 'alias' && fact.alias.state !== 'closed' ? { kind: 'write-request', alias: fact.alias, address: asked.address } : undefined
}

/** What is below the host's domain has the host's operator: who has postmaster@ of a name can get a certificate for it. */
const routeToOperator = async (host: Host, forwardPath: Mailbox, sender: Sender): Promise<Route | Refusal | undefined> => {
  if (isOperatorAddress(host, forwardPath)) return { kind: 'tempfail', reason: 'no-operator' }
  const operator = `${localPartOf(lowerCased(forwardPath))}@${host.domain}` as Mailbox
  return isSubdomainOf(host.domain, domainOf(forwardPath)) && isOperatorAddress(host, operator) ? routeAlias(host, operator, sender) : undefined
}

/** postmaster and abuse are aliases of the operator (RFC 5321 §4.5.1); before there is one, mail to them waits at its sender. */
export const isOperatorAddress = (host: Host, address: Mailbox): boolean =>
  domainOf(address) === host.domain && ['postmaster', 'abuse'].includes(localPartOf(lowerCased(address)))

/** The signature is checked before the database is asked: a flood of guesses costs nothing (case G22). */
const routeReport = async (host: Host, verpAddress: Mailbox): Promise<Route | undefined> => {
  if (isBurnLocalPart(localPartOf(verpAddress))) return routeBurnOrder(host, verpAddress)
  const today = Math.floor(host.clock.now().getTime() / DAY_MS)
  const localPart = localPartOf(verpAddress)
  const payload = parseVerp(localPart, (bytes) => host.keys.mac('verp', bytes), today)
  const reply = payload ? undefined : parseReplyPath(localPart, replyVeil(host), today)
  const found = payload ?? reply
  const alias = found && await host.routes.byId(found.aliasId)
  if (!alias || !isOurDomain(host, alias, domainOf(verpAddress))) return undefined
  if (!reply) return { kind: 'report', alias, deliveryId: found.deliveryId }
  const inboxId = reply.inboxId === 0 ? null : String(reply.inboxId)
  return { kind: 'reply-report', alias, deliveryId: reply.deliveryId, inboxId, correspondentId: String(reply.correspondentId) }
}

/** Of another domain it is an attempt to relay, whatever its letters. */
const noSuchAddress = async (host: Host, forwardPath: Mailbox): Promise<Refusal> =>
  domainOf(forwardPath) !== host.domain && (await host.routes.byAddress(forwardPath)).kind === 'foreign-domain'
    ? { kind: 'reject', reason: 'relay-not-permitted' } : NO_SUCH_ADDRESS
