// MTA-STS (RFC 8461): whether a domain demands TLS with a right certificate, and from which of its servers. Fetching and parsing is mailauth's.

import { getPolicy, validateMx } from 'mailauth/lib/mta-sts.js'
import { isPublicAddress } from '../mail/ip-address.ts'
import type { Lookup } from './exchanges.ts'

/** What is kept of a policy; `expires` is an ISO time. */
export type StsPolicy = { readonly id: string; readonly mode: string; readonly mx?: readonly string[]; readonly maxAge?: number; readonly expires?: string }

/** Kept in the database: a policy must outlive the process, or a restart would make the domain open to a downgrade. */
export type PolicyStore = {
  readonly policyOf: (domain: string) => Promise<StsPolicy | undefined>
  readonly keepPolicy: (domain: string, policy: StsPolicy) => Promise<void>
}

/** The names of servers that may be used; undefined: no policy is in force that forbids anything. */
export type Enforced = (exchange: string) => boolean

/** A sender may be waiting: 25 s is all that it waits. RFC 8461 §3.3 allows less than its minute. */
const FETCH_MS = 10_000
const MOST_OCTETS = 64 * 1024

/** Never rejects for what the other side does: a policy that cannot be had is none, one that is cached stays in force (RFC 8461 §5.1). */
export const enforcedPolicy = async (lookup: Lookup, store: PolicyStore, domain: string): Promise<Enforced | undefined> => {
  const known = await store.policyOf(domain)
  const { policy, status } = await getPolicy(domain, known as Parameters<typeof getPolicy>[1], {
    resolver: publicOnly(lookup), strict: true, timeout: FETCH_MS, maxPolicySize: MOST_OCTETS,
  } as Parameters<typeof getPolicy>[2])
  const { id, mode, mx, maxAge, expires } = policy as { id?: string | false; mode: string; mx?: string[]; maxAge?: number; expires?: string }
  // Also the mark "not to be fetched again for an hour" after an error: mailauth gives it as a policy of mode none.
  if (id && expires && (status === 'found' || (status === 'errored' && expires !== known?.expires))) {
    await store.keepPolicy(domain, { id, mode, ...mx && { mx }, ...maxAge !== undefined && { maxAge }, expires })
  }
  if (mode !== 'enforce') return undefined
  return (exchange) => validateMx(exchange, policy as Parameters<typeof validateMx>[1]).valid
}

/** mailauth connects to what this answers: the policy host may no more be inside our network than a mail server (case H13). */
const publicOnly = ({ resolve, allowPrivate }: Lookup) => async (name: string, rrtype: string): Promise<unknown> => {
  const answer = await resolve(name, rrtype as 'A')
  if (allowPrivate || (rrtype !== 'A' && rrtype !== 'AAAA')) return answer
  return (answer as readonly string[]).filter(isPublicAddress)
}
