// A domain goes when no address of it is left: what people were given must not stop without a word.
import { isSubdomainOf } from '../policy/subdomain.ts'
import { discardMail } from '../store/aliases.ts'
import { claimByUuid, dropDomain, dropSystemAlias, systemAliasesOf } from '../store/domain-claims.ts'
import type { Tx } from '../store/database.ts'
import { refusalOf } from './constraint.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

export const removeDomain = async (host: Host, input: { readonly accountId: string; readonly uuid: string }): Promise<void> => {
  const claim = await claimByUuid(host.db, input.accountId, input.uuid)
  if (!claim) throw notFound('domain')
  if (claim.provedAt !== null && isSubdomainOf(host.domain, claim.name)) {
    throw new Problem('in-use', `${claim.name} is chosen once and stays yours. Switch its made-up addresses off, and it takes no new mail.`)
  }
  try {
    await host.db.transaction().execute(async (tx) => {
      if (claim.provedAt !== null) await dropSystemAliases(host, tx, input.accountId, claim.name)
      await dropDomain(tx, claim)
    })
  } catch (error) {
    if (refusalOf(error)?.kind !== 'foreign-key') throw error
    throw new Problem('in-use', `${claim.aliases} of your addresses ${claim.aliases === 1 ? 'is' : 'are'} at ${claim.name}. Forget them first.`)
  }
}

const dropSystemAliases = async (host: Host, tx: Tx, accountId: string, name: string): Promise<void> => {
  for (const alias of await systemAliasesOf(tx, name)) {
    await discardMail(tx, { ...alias, accountId }, host.clock.now())
    await dropSystemAlias(tx, alias.id)
  }
}
