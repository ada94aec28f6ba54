// RCPT: from a forward-path to a route (we take responsibility) or a refusal (the client keeps the message).

import { domainOf, localPartOf, lowerCased, type Mailbox, type ReversePath } from '../mail/address.ts'
import { parseVerp } from '../mail/return-path.ts'
import { kindOfLocalPart, type LocalPartKind } from '../mail/reverse-alias.ts'
import { decideAlias, type Refusal, type Route } from '../policy/decide.ts'
import { canMakeRoom } from '../policy/retention.ts'
import { aliasOfReverse } from '../store/correspondents.ts'
import { holdingUse } from '../store/holding.ts'
import type { Host } from './host.ts'

const DAY_MS = 86_400_000
const NO_SUCH_ADDRESS: Refusal = { kind: 'reject', reason: 'no-such-address' }

export type Sender = { readonly reversePath: ReversePath; /** SIZE=, or 0 */ readonly declaredSize: number }

export const kindOfRecipient = (forwardPath: Mailbox): LocalPartKind => kindOfLocalPart(localPartOf(forwardPath))

export const routeRecipient = async (host: Host, forwardPath: Mailbox, sender: Sender): Promise<Route | Refusal> => {
  const kind = kindOfRecipient(forwardPath)
  if (kind === 'verp' && domainOf(lowerCased(forwardPath)) === host.domain) return routeReport(host, forwardPath)
  const fact = await host.routes.byAddress(forwardPath)
  if (fact.kind === 'foreign-domain') return { kind: 'reject', reason: 'relay-not-permitted' }
  switch (kind) {
    case 'verp': return NO_SUCH_ADDRESS
    case 'reverse-alias': return refuseReply(host, forwardPath, sender)
    case 'alias': break
  }
  if (fact.kind === 'unknown') return isOperatorAddress(host, forwardPath) ? { kind: 'tempfail', reason: 'no-operator' } : NO_SUCH_ADDRESS
  const decision = decideAlias(fact.alias)
  if (decision.kind !== 'hold' || decision.reason !== 'burned') return decision
  const use = await holdingUse(host.db, fact.alias.accountId)
  return canMakeRoom(use, sender.declaredSize) ? decision : { kind: 'tempfail', reason: 'holding-full' }
}

/** postmaster and abuse are aliases of the operator (RFC 5321 §4.5.1); before there is one, mail to them waits at its sender. */
export const isOperatorAddress = (host: Host, address: Mailbox): boolean =>
  domainOf(address) === host.domain && ['postmaster', 'abuse'].includes(localPartOf(lowerCased(address)))

/** The signature is checked before the database is asked: a flood of guesses costs nothing (case G22). */
const routeReport = async (host: Host, verpAddress: Mailbox): Promise<Route | Refusal> => {
  const today = Math.floor(host.clock.now().getTime() / DAY_MS)
  const payload = parseVerp(localPartOf(verpAddress), (bytes) => host.keys.mac('verp', bytes), today)
  const alias = payload && await host.routes.byId(payload.aliasId)
  return payload && alias ? { kind: 'report', alias, deliveryId: payload.deliveryId } : NO_SUCH_ADDRESS
}

/** Replies are not built yet: refused, and the owner sees who tried. */
const refuseReply = async (host: Host, reverseAlias: Mailbox, sender: Sender): Promise<Refusal> => {
  const alias = await aliasOfReverse(host.db, localPartOf(reverseAlias))
  if (alias) {
    host.recorder.note({
      at: host.clock.now(), accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'refused', reason: 'reverse-alias',
      sender: sender.reversePath.kind === 'null' ? '<>' : sender.reversePath.mailbox,
    })
  }
  return { kind: 'reject', reason: 'reverse-alias' }
}
