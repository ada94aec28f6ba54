// burnbox token …
import { accountNamed } from '../flow/create-account.ts'
import { createToken, tokenScopes } from '../flow/create-token.ts'
import { scopes, type Scope } from '../store/tokens.ts'
import { textOf, textsOf, UsageMistake, withHost, type Command } from './command.ts'

const scopeOf = (text: string): Scope => {
  const scope = scopes.find((one) => one === text)
  if (!scope) throw new UsageMistake(`burnbox token add: --scope must be one of ${scopes.join(', ')}, not "${text}"`)
  return scope
}

export const tokenCommands: readonly Command[] = [
  {
    name: 'token add', usage: 'EMAIL --name NAME [--scope create|read|manage …]',
    about: 'Create an API token and print it, alone on stdout', words: [1, 1],
    help: [
      'manage includes read and create; read does not include create. Without --scope: manage.',
      'It is shown this once; only its hash is kept.',
    ],
    options: { name: { type: 'string' }, scope: { type: 'string', multiple: true } },
    run: ({ words, values, services }) => {
      const name = textOf(values, 'name')
      if (name === undefined) throw new UsageMistake('burnbox token add: --name is missing')
      const asked = textsOf(values, 'scope').map(scopeOf)
      return withHost(services, async ({ host, identities }) => {
        const account = await accountNamed(host, words[0]!)
        const { id, token } = await createToken(identities, { accountId: account.id, name, scopes: asked })
        return { text: token, json: { id, name, scopes: tokenScopes(asked), token } }
      })
    },
  },
]
