// App passwords: made once, shown once, and what they prove on the submission port (SMTP AUTH, RFC 4954): the user is an alias.

import { encodeBase32 } from '../mail/base32.ts'
import { lowerCased, parseMailbox } from '../mail/address.ts'
import type { AliasFact } from '../policy/decide.ts'
import { aliasByUuid } from '../store/aliases.ts'
import { appPasswordsOf, insertAppPassword, useAppPassword, type AppPassword } from '../store/app-passwords.ts'
import { forgetTries, takeTry, triesLeft } from '../store/tries.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

/** 120 bits: nobody guesses one, so a keyed hash keeps it, and looking it up costs one index. */
const SECRET_OCTETS = 15
const MOST = 100

export const makeAppPassword = async (
  host: Host, input: { readonly accountId: string; readonly aliasUuid?: string | undefined; readonly name: string },
): Promise<{ readonly appPassword: AppPassword; readonly password: string }> => {
  const alias = input.aliasUuid === undefined ? undefined : await aliasByUuid(host.db, input.accountId, input.aliasUuid)
  if (input.aliasUuid !== undefined && !alias) throw notFound('address')
  if ((await appPasswordsOf(host.db, input.accountId)).length >= MOST) {
    throw new Problem('limit-reached', `You have ${MOST} app passwords. Revoke one that you no longer use.`)
  }
  const secret = encodeBase32(host.random(SECRET_OCTETS))
  const appPassword = await insertAppPassword(host.db, {
    accountId: input.accountId, aliasId: alias?.id ?? null, name: input.name, hash: hashOf(host, secret), now: host.clock.now(),
  })
  return { appPassword, password: secret.match(/.{4}/g)!.join('-') }
}

/** People type them from a page: case, spaces and hyphens say nothing. */
const hashOf = (host: Pick<Host, 'keys'>, secret: string): Buffer => host.keys.hash('app-password', secret.toLowerCase().replaceAll(/[\s-]/g, ''))

export type SignedIn =
  | { readonly kind: 'signed-in'; readonly alias: AliasFact }
  /** Whatever was wrong: who tries learns nothing of which addresses there are. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too-many' }

/** As the web's sign-in counts (http/README 9): wrong ones alone, in the database, so that all processes count together. */
const WRONG = { most: 10, windowMs: 15 * 60_000 } as const

/**
 * Wrong tries count for the network that they come from, whatever address they name: nobody locks a person out from elsewhere, and
 * nobody goes through the addresses of a host.
 */
export const signInWithAppPassword = async (
  host: Host, input: { readonly user: string; readonly password: string; readonly network: string },
): Promise<SignedIn> => {
  const key = host.keys.hash('tries', 'submission', input.network)
  const now = host.clock.now()
  if (!await triesLeft(host.db, key, WRONG, now)) return { kind: 'too-many' }
  const user = parseMailbox(input.user.trim())
  const fact = user && await host.routes.byAddress(lowerCased(user))
  const alias = fact?.kind === 'alias' ? fact.alias : undefined
  // Looked up for an unknown alias as well: the same work, whoever is named.
  const right = await useAppPassword(host.db, hashOf(host, input.password), alias ?? { id: 0, accountId: '' }, now)
  if (!alias || alias.suspended || !right) {
    await takeTry(host.db, key, WRONG, now)
    return { kind: 'wrong' }
  }
  await forgetTries(host.db, [key])
  return { kind: 'signed-in', alias }
}
