// burnbox held …, the holding mailbox.
import { accountNamed } from '../flow/create-account.ts'
import type { Host } from '../flow/host.ts'
import { notFound } from '../flow/problem.ts'
import { releaseHeld } from '../flow/release-held.ts'
import { accountOfHeld, accounts } from '../store/accounts.ts'
import { heldById, listHeld, rawHeld, type HeldLine } from '../store/holding.ts'
import { table, withHost, type Command } from './command.ts'

const pageSize = 200

const json = (held: HeldLine) => ({
  id: held.id, alias_id: held.aliasUuid, alias: held.alias, received_at: held.receivedAt.toISOString(), from: held.from,
  subject: held.subject, size: held.size,
  direction: held.direction, reason: held.reason, reason_text: held.reasonText,
  ...(held.finds.length > 0 && { finds: held.finds.map(({ what, shown, where }) => ({ what, shown, where })) }),
})

const find = async (host: Host, id: string): Promise<{ readonly accountId: string; readonly held: HeldLine }> => {
  const accountId = await accountOfHeld(host.db, id)
  const held = accountId === undefined ? undefined : await heldById(host.db, accountId, id)
  if (accountId === undefined || !held) throw notFound('held message')
  return { accountId, held }
}

export const heldCommands: readonly Command[] = [
  {
    name: 'held list', usage: '[EMAIL]', about: 'What is held, newest first', words: [0, 1],
    run: ({ words, services }) => withHost(services, async ({ host }) => {
      const owners = words[0] === undefined ? await accounts(host.db) : [await accountNamed(host, words[0])]
      const all: HeldLine[] = []
      for (const owner of owners) {
        for (let before: string | undefined, more = true; more;) {
          const page = await listHeld(host.db, owner.id, { limit: pageSize, before })
          all.push(...page)
          before = page.at(-1)?.cursor
          more = page.length === pageSize
        }
      }
      return {
        text: table(all.map((held) => [held.id, held.receivedAt.toISOString(), held.alias, held.reason, held.from, held.subject])),
        json: all.map(json),
      }
    }),
  },
  {
    name: 'held show', usage: 'ID [--raw]', about: 'What is known of a held message', words: [1, 1],
    help: ['--raw   its original bytes instead, on stdout'],
    options: { raw: { type: 'boolean' } },
    run: ({ words, values, services, output }) => withHost(services, async ({ host }) => {
      const { held } = await find(host, words[0]!)
      if (values['raw'] !== true) {
        const { finds = [], ...facts } = json(held)
        const found = finds.map(({ shown, where }) => ['found', `${shown || 'something that cannot be read'}, in the ${where}`])
        return { text: table([...Object.entries(facts).map(([name, value]) => [name, String(value)]), ...found]), json: json(held) }
      }
      for await (const chunk of rawHeld(host.db, held)) output.out(chunk)
      return undefined
    }),
  },
  {
    name: 'held release', usage: 'ID … [--anyway | --without]',
    about: 'Deliver it as the forward it would have been; once, however often it is called', words: [1, 1000],
    help: [
      '--anyway    even a reply that would show your inbox',
      '--without   such a reply without the parts in which it would',
    ],
    options: { anyway: { type: 'boolean' }, without: { type: 'boolean' } },
    run: ({ words, values, services }) => withHost(services, async ({ host }) => {
      for (const id of words) {
        const accountId = await accountOfHeld(host.db, id)
        if (accountId === undefined) throw notFound('held message')
        await releaseHeld(host, { accountId, heldUuid: id, anyway: values['anyway'] === true, without: values['without'] === true })
      }
      return { text: words.length === 1 ? 'Released.' : `${words.length} released.`, json: { released: words } }
    }),
  },
]
