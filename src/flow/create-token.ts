// A new API token. manage includes read and create; read does not include create. What it includes is stored in full.
import { scopes as allScopes, type Scope } from '../store/tokens.ts'
import type { Identities } from './identities.ts'
import { Problem } from './problem.ts'

/** The api-key plugin's own limit. */
const mostNameLength = 32

export const tokenScopes = (asked: readonly Scope[]): Scope[] =>
  allScopes.filter((scope) => asked.length === 0 || asked.includes('manage') || asked.includes(scope))

export const createToken = async (
  identities: Pick<Identities, 'createToken'>,
  token: { readonly accountId: string; readonly name: string; readonly scopes: readonly Scope[] },
): Promise<{ readonly id: string; readonly token: string }> => {
  const name = token.name.trim()
  if (name === '' || name.length > mostNameLength) {
    throw new Problem('invalid', `The name of a token has 1 to ${mostNameLength} characters.`, { field: 'name' })
  }
  return identities.createToken({ accountId: token.accountId, name, scopes: tokenScopes(token.scopes) })
}
