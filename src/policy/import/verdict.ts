// What becomes of a row that was read: taken as it is, given a new address here, here already, or not taken, with the reason.
import { domainOf, localPartOf, type Mailbox } from '../../mail/address.ts'
import { kindOfLocalPart } from '../../mail/reverse-alias.ts'
import { isReserved } from '../reserved.ts'
import type { ImportRow } from './row.ts'

export type AddressFacts = {
  /** It is an alias of this account, of another one, or it was forgotten. */
  readonly here: 'mine' | 'not-to-be-had' | undefined
  /** The alias that was made for this address of another service before. */
  readonly madeBefore: Mailbox | undefined
}
export type Policy = {
  /** Domains that the account may have addresses of. */
  readonly domains: ReadonlySet<string>
  readonly newAddresses: boolean
  /** Names like info@ and support@ may be brought along by whoever runs the host. */
  readonly operator: boolean
}
export type Verdict =
  | { readonly kind: 'take' }
  | { readonly kind: 'new-address' }
  | { readonly kind: 'same'; readonly newAddress: Mailbox | null }
  | { readonly kind: 'not-taken'; readonly why: string }

const notTaken = (why: string): Verdict => ({ kind: 'not-taken', why })

export const verdictOf = (row: ImportRow, facts: AddressFacts, policy: Policy): Verdict => {
  const [localPart, domain] = [localPartOf(row.address), domainOf(row.address)]
  if (!policy.domains.has(domain)) {
    if (facts.madeBefore !== undefined) return { kind: 'same', newAddress: facts.madeBefore }
    if (!policy.newAddresses) return notTaken(`${domain} is not a domain of yours here. With "new addresses" it would get one of this host.`)
    return row.state === 'active' ? { kind: 'new-address' } : notTaken('It was switched off there, so that it needs no new address here.')
  }
  if (facts.here === 'mine') return { kind: 'same', newAddress: null }
  if (kindOfLocalPart(localPart) !== 'alias') return notTaken('Names that begin with r. or b. are for the host’s own addresses.')
  if (isReserved(localPart) && !policy.operator) return notTaken(`“${localPart}” is reserved on this host.`)
  // One sentence for both: whether somebody else has it is nobody's business.
  return facts.here === undefined ? { kind: 'take' } : notTaken('This address is taken here, or was deleted and is not given out again.')
}
