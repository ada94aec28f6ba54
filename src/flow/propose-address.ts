// An address for a site before it is made, in the account's own form and in two parts, so that a person can change the first: `shop` and `-7kq2m`.
import { localPartFor } from '../policy/local-part.ts'
import { accountById } from '../store/accounts.ts'
import { countAliases } from '../store/aliases.ts'
import { domainsOf, type Domain } from '../store/domains.ts'
import { randomBelow, type CreatingToken } from './create-alias.ts'
import type { Host } from './host.ts'

type Proposal = { readonly mayCreate: boolean; readonly prefix: string; readonly ending: string; readonly domains: readonly Domain[] }

export const proposeAddress = async (
  host: Host, { accountId, token, site }: { readonly accountId: string; readonly token: CreatingToken | undefined; readonly site: string | null },
): Promise<Proposal> => {
  const account = (await accountById(host.db, accountId))!
  const { addressFormat: format, aliasLimit: limit } = account
  const mayCreate = limit === null || await countAliases(host.db, accountId) < limit
  const localPart = localPartFor(site, (below) => randomBelow(host, below), format)
  const cut = localPart.lastIndexOf('-')
  const [prefix, ending] = cut < 0 ? [localPart, ''] : [localPart.slice(0, cut), localPart.slice(cut)]
  const domains = (await domainsOf(host.db, accountId)).filter(({ name }) => !token?.domain || name === token.domain)
  // The company's name is for the person to type where no site is known.
  return { mayCreate, prefix: site === null && format === 'company' ? '' : prefix, ending, domains }
}
