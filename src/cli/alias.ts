// burnbox alias …, by address.
import { addCorrespondent } from '../flow/add-correspondent.ts'
import { burnAlias } from '../flow/burn-alias.ts'
import { closeAlias } from '../flow/close-alias.ts'
import { accountNamed } from '../flow/create-account.ts'
import { createAlias } from '../flow/create-alias.ts'
import type { Host } from '../flow/host.ts'
import { Problem } from '../flow/problem.ts'
import { restoreAlias } from '../flow/restore-alias.ts'
import { lowerCased } from '../mail/address.ts'
import { accounts } from '../store/accounts.ts'
import { searchAliases, type AliasCursor } from '../store/alias-search.ts'
import { aliasByAddress, type Alias } from '../store/aliases.ts'
import { mailboxOf } from './account.ts'
import { table, textOf, UsageMistake, withHost, type Command, type Said } from './command.ts'

const pageSize = 200

export const aliasNamed = async (host: Host, text: string): Promise<Alias> => {
  const alias = await aliasByAddress(host.db, lowerCased(mailboxOf(text)))
  if (!alias) throw new Problem('not-found', `There is no alias ${text}.`)
  return alias
}

const json = (alias: Alias) => ({
  id: alias.uuid, address: alias.address, state: alias.state, site: alias.site, label: alias.label,
  inboxes: alias.inboxes.map((inbox) => inbox.address),
  counts: { delivered: alias.delivered, held: alias.held, replied: alias.replied },
})
const said = (alias: Alias, more = ''): Said => ({ text: `${alias.address} is ${alias.state}${more}`, json: json(alias) })

export const aliasCommands: readonly Command[] = [
  {
    name: 'alias new', usage: 'EMAIL SITE [--label TEXT]', about: 'Create an alias for a company and print its address, alone on stdout',
    words: [2, 2],
    help: ['SITE is a web site, like shop.example or https://shop.example/checkout.'],
    options: { label: { type: 'string' } },
    run: ({ words, values, services }) => withHost(services, async ({ host }) => {
      const account = await accountNamed(host, words[0]!)
      const alias = await createAlias(host, {
        accountId: account.id, site: words[1]!, label: labelOf(textOf(values, 'label')), note: null, displayName: null, pinned: false,
      })
      return { text: alias.address, json: json(alias) }
    }),
  },
  {
    name: 'alias list', usage: '[EMAIL] [--q TEXT] [--state active|burned|closed]', about: 'List aliases, newest first', words: [0, 1],
    options: { q: { type: 'string' }, state: { type: 'string' } },
    run: ({ words, values, services }) => {
      const state = stateOf(textOf(values, 'state'))
      return withHost(services, async ({ host }) => {
        const owners = words[0] === undefined ? await accounts(host.db) : [await accountNamed(host, words[0])]
        const found: Alias[] = []
        for (const owner of owners) found.push(...await allOf(host, owner.id, textOf(values, 'q'), state))
        return {
          text: table(found.map((alias) => [alias.address, alias.state, alias.site ?? '', alias.label ?? ''])),
          json: found.map(json),
        }
      })
    },
  },
  {
    name: 'alias write', usage: 'ALIAS ADDRESS [--name NAME]',
    about: 'Write to someone new: print the reverse alias to write to, alone on stdout', words: [2, 2],
    help: ['Mail to the reverse alias, from an inbox of ALIAS, goes to ADDRESS as from ALIAS.', '--name NAME   as you call them'],
    options: { name: { type: 'string' } },
    run: ({ words, values, services }) => withHost(services, async ({ host }) => {
      const alias = await aliasNamed(host, words[0]!)
      const name = labelOf(textOf(values, 'name'))
      const { correspondent } = await addCorrespondent(host, {
        accountId: alias.accountId, aliasUuid: alias.uuid, address: words[1]!, ...(name !== null && { name }),
      })
      const reverse = `${correspondent.reverseLocalPart}@${host.domain}`
      return { text: reverse, json: { id: correspondent.id, alias: alias.address, address: correspondent.address, reverse_address: reverse } }
    }),
  },
  {
    name: 'alias burn', usage: 'ADDRESS', about: 'From now on its mail is held, and the sender learns nothing', words: [1, 1],
    run: ({ words, services }) => withHost(services, async ({ host }) => said(await burnAlias(host, await aliasNamed(host, words[0]!)))),
  },
  {
    name: 'alias restore', usage: 'ADDRESS [--release-held | --release-held-all]', about: 'Make it active again, from any state',
    words: [1, 1],
    help: [
      '--release-held       and deliver what was held since the latest burn because of it',
      '--release-held-all   because of any burn',
    ],
    options: { 'release-held': { type: 'boolean' }, 'release-held-all': { type: 'boolean' } },
    run: ({ words, values, services }) => withHost(services, async ({ host }) => {
      const releaseHeld = values['release-held-all'] === true ? 'any-burn' as const
        : values['release-held'] === true ? 'latest-burn' as const
        : undefined
      const { alias, released, skipped } = await restoreAlias(host, { ...await aliasNamed(host, words[0]!), releaseHeld })
      return said(alias, releaseHeld === undefined ? '' : `, ${released} released${skipped > 0 ? `, ${skipped} still held` : ''}`)
    }),
  },
  {
    name: 'alias close', usage: 'ADDRESS', about: 'From now on its mail is refused as if it had never been', words: [1, 1],
    run: ({ words, services }) => withHost(services, async ({ host }) => said(await closeAlias(host, await aliasNamed(host, words[0]!)))),
  },
]

const labelOf = (text: string | undefined): string | null => {
  if (text === undefined || text.trim() === '') return null
  if (text.length > 200 || /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text)) {
    throw new Problem('invalid', 'A label or name is one line of at most 200 characters.')
  }
  return text.trim()
}

const stateOf = (text: string | undefined) => {
  if (text === undefined || text === 'active' || text === 'burned' || text === 'closed') return text
  throw new UsageMistake(`burnbox alias list: --state must be active, burned or closed, not "${text}"`)
}

const allOf = async (host: Host, accountId: string, q: string | undefined, state: Alias['state'] | undefined): Promise<Alias[]> => {
  const all: Alias[] = []
  for (let after: AliasCursor | null | undefined; after !== null;) {
    const page = await searchAliases(host.db, {
      accountId, sort: 'created', limit: pageSize,
      ...(q !== undefined && { q }), ...(state && { state }), ...(after && { after }),
    })
    all.push(...page.items)
    after = page.next
  }
  return all
}
