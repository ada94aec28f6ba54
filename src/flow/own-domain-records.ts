// What the owner of a domain publishes: first the proof that it is theirs, then what makes its mail come here and be believed.
// The proof is a keyed hash, so that it names neither account nor inbox to whoever reads the DNS (RELIABILITY N16).
import { encodeBase32 } from '../mail/base32.ts'
import { isSubdomainOf } from '../policy/subdomain.ts'
import type { DomainClaim } from '../store/domain-claims.ts'
import { dnsRecords, mailRecords, subdomainRecord, type DnsRecord } from './dns-records.ts'
import type { Host } from './host.ts'

const PROOF_OCTETS = 16

export const proofRecord = (host: Pick<Host, 'keys'>, { accountId, name }: Pick<DomainClaim, 'accountId' | 'name'>): DnsRecord => ({
  name: `_burnbox.${name}`, type: 'TXT',
  value: `burnbox-verification=${encodeBase32(host.keys.hash('domain-proof', accountId, name).subarray(0, PROOF_OCTETS))}`,
  why: 'the proof that it is yours',
})

/** A key for signing is made when the domain is proved: who only names a domain costs nothing. */
export const ownDomainRecords = async (host: Host, claim: DomainClaim): Promise<readonly DnsRecord[]> =>
  isSubdomainOf(host.domain, claim.name) ? [subdomainRecord(host.config, claim.name)] : provedRecords(host, claim)

const provedRecords = async (host: Host, claim: DomainClaim): Promise<readonly DnsRecord[]> => [
  proofRecord(host, claim),
  ...(claim.provedAt === null ? mailRecords(host.config, claim.name) : await dnsRecords(host, claim.name)).map(forOwner),
]

/** Who has a domain may have other mail of it, which the operator of a host has not. */
const forOwner = (record: DnsRecord): DnsRecord => {
  switch (record.type) {
    case 'MX': return { ...record, why: 'mail for it comes to this server' }
    case 'TXT': return {
      ...record,
      ...(record.value.startsWith('v=spf1') && { why: 'who may send for it; keep what your record has already' }),
      ...(record.value.startsWith('v=DMARC1') && { why: 'what is not signed may be refused; p=none while something else sends for it' }),
    }
  }
}
