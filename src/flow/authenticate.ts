// Who wrote it: the question to SPF, DKIM, DMARC and ARC, and when it is not asked.

import { domainOf, lowerCased } from '../mail/address.ts'
import { soleFrom } from '../mail/from.ts'
import type { Field } from '../mail/header.ts'
import { isLoopback } from '../networks.ts'
import type { Authentication } from '../policy/judge.ts'
import type { Incoming } from './incoming.ts'
import type { Host } from './host.ts'

/**
 * Of what this host itself wrote nothing is asked. Undefined: not looked at. On a host without a domain a loopback client is its own user trying it out,
 * and nothing may need the DNS.
 */
export const authenticate = async (host: Host, incoming: Incoming, fields: readonly Field[]): Promise<Authentication | undefined> => {
  const from = soleFrom(fields)
  if (!from || host.config.benchBare) return undefined
  if (incoming.isOurs) return ourWord(domainOf(lowerCased(from.mailbox)))
  if (host.config.local && isLoopback(incoming.clientIp)) return undefined
  return host.verifier.authenticate({
    clientIp: incoming.clientIp, helo: incoming.helo, reversePath: reversePathOf(incoming), from: lowerCased(from.mailbox), now: incoming.receivedAt,
  }, incoming.content)
}

export const reversePathOf = ({ reversePath }: Incoming): string => (reversePath.kind === 'null' ? '' : reversePath.mailbox)

/** What leaves here is signed (relay/sign) for the domain of its From, and was taken from nobody but the owner of that address. */
const ourWord = (domain: string): Authentication => ({
  fromDomain: domain, spf: { result: 'none', domain, identity: 'mailfrom', aligned: false },
  dkim: [{ result: 'pass', domain, selector: '', aligned: true }], arc: { result: 'none', sealers: [], saysPass: false },
  dmarc: { result: 'pass', policy: undefined },
})
