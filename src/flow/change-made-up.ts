// Whether mail makes addresses at a domain of an account.
import { readGlob } from '../policy/glob.ts'
import type { MadeUpRule } from '../policy/made-up.ts'
import { claimByUuid, type DomainClaim } from '../store/domain-claims.ts'
import { setMadeUp } from '../store/made-up.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

type Change = { readonly [K in keyof MadeUpRule]?: MadeUpRule[K] | undefined }

export const changeMadeUp = async (
  host: Host, input: { readonly accountId: string; readonly uuid: string; readonly change: Change },
): Promise<DomainClaim> => {
  const claim = await claimByUuid(host.db, input.accountId, input.uuid)
  if (!claim) throw notFound('domain')
  if (claim.provedAt === null) throw new Problem('not-published', `${claim.name} is not proved to be yours yet.`)
  const { mode = claim.madeUp.mode, pattern = claim.madeUp.pattern, daily = claim.madeUp.daily } = input.change
  const read = pattern === null ? undefined : readGlob(pattern)
  if (read?.kind === 'refused') throw new Problem('invalid', read.why, { field: 'made_up_pattern' })
  if (mode === 'pattern' && !read) throw new Problem('invalid', 'Write a pattern, such as shop-*.', { field: 'made_up_pattern' })
  await setMadeUp(host.db, claim, { mode, pattern, daily })
  return (await claimByUuid(host.db, input.accountId, input.uuid))!
}
