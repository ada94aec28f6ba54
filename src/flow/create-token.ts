// A new API token. manage includes read and create; read does not include create. What it includes is stored in full.
import { parseDomain } from '../mail/address.ts'
import { domainFor } from '../store/domains.ts'
import { limitToken, scopes as allScopes, type Scope } from '../store/tokens.ts'
import type { Host } from './host.ts'
import type { Identities } from './identities.ts'
import { Problem } from './problem.ts'

/** The api-key plugin's own limit. */
const mostNameLength = 32
const mostLifetimeSeconds = 3_650 * 86_400

export const tokenScopes = (asked: readonly Scope[]): Scope[] =>
  allScopes.filter((scope) => asked.length === 0 || asked.includes('manage') || asked.includes(scope))

type NewToken = {
  readonly accountId: string
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly lifetimeSeconds?: number
}

export const createToken = async (
  identities: Pick<Identities, 'createToken'>, token: NewToken,
): Promise<{ readonly id: string; readonly token: string }> => {
  const name = token.name.trim()
  if (name === '' || name.length > mostNameLength) {
    throw new Problem('invalid', `The name of a token has 1 to ${mostNameLength} characters.`, { field: 'name' })
  }
  return identities.createToken({ ...token, name, scopes: tokenScopes(token.scopes) })
}

/** With an end, and with what it may create. Nobody knows the token before its limits are there. */
export const createLimitedToken = async (
  host: Host, identities: Pick<Identities, 'createToken'>,
  token: Omit<NewToken, 'lifetimeSeconds'> & {
    readonly expiresAt?: Date | undefined; readonly domain?: string | undefined; readonly dailyLimit?: number | undefined
    /** The end of the token that asks: what it makes ends no later. */
    readonly notAfter?: Date | null | undefined
  },
): Promise<{ readonly id: string; readonly token: string }> => {
  const { domain, dailyLimit, notAfter, ...rest } = token
  const expiresAt = token.expiresAt ?? notAfter ?? undefined
  if (notAfter && expiresAt && expiresAt > notAfter) {
    throw new Problem('invalid', 'A token makes none that lives longer than itself.', { field: 'expires_at' })
  }
  const lifetimeSeconds = expiresAt === undefined ? undefined : Math.floor((expiresAt.getTime() - host.clock.now().getTime()) / 1_000)
  if (lifetimeSeconds !== undefined && (lifetimeSeconds < 1 || lifetimeSeconds > mostLifetimeSeconds)) {
    throw new Problem('invalid', 'expires_at must be in the future, within ten years.', { field: 'expires_at' })
  }
  const limited = domain !== undefined || dailyLimit !== undefined
  if (limited && tokenScopes(token.scopes).includes('manage')) {
    throw new Problem('invalid', 'A token that may do everything could make itself one without limits: give it the scope create.', { field: 'scopes' })
  }
  const name = domain === undefined ? undefined : parseDomain(domain.trim())
  if (domain !== undefined && (name === undefined || !await domainFor(host.db, token.accountId, name))) {
    throw new Problem('invalid', `${domain} is not one of your domains.`, { field: 'domain' })
  }
  const { accountId, name: title, scopes } = rest
  const made = await createToken(identities, { accountId, name: title, scopes, ...(lifetimeSeconds !== undefined && { lifetimeSeconds }) })
  if (limited) await limitToken(host.db, made.id, { domain: name ?? null, dailyLimit: dailyLimit ?? null })
  return made
}
