// burnbox account …
import { changeQuota } from '../flow/change-quota.ts'
import { accountNamed, createAccount, createSignInLink } from '../flow/create-account.ts'
import type { Host } from '../flow/host.ts'
import { invite } from '../flow/invite.ts'
import { Problem } from '../flow/problem.ts'
import { leaveAccount, restoreAccount, suspendAccount } from '../flow/suspend-account.ts'
import { parseMailbox, type Mailbox } from '../mail/address.ts'
import { hostAccounts } from '../store/host-accounts.ts'
import { table, textOf, textsOf, UsageMistake, withHost, type Command, type Services } from './command.ts'

export const mailboxOf = (text: string): Mailbox => {
  const mailbox = parseMailbox(text.trim())
  if (!mailbox) throw new Problem('invalid', `"${text}" is not an e-mail address; write one like you@example.com.`)
  return mailbox
}

export const accountCommands: readonly Command[] = [
  {
    name: 'account add', usage: 'EMAIL [--operator] [--inbox ADDRESS …]', about: 'Create an account and print its one-time sign-in link',
    words: [1, 1],
    help: [
      '--operator        it may see metrics, and gets postmaster@ and abuse@ when nobody has them',
      '--inbox ADDRESS   a real mailbox, taken as verified; repeat it for more. The first is the default of new aliases.',
      '                  Without it the e-mail address itself is the first, verified inbox.',
    ],
    options: { operator: { type: 'boolean' }, inbox: { type: 'string', multiple: true } },
    run: ({ words, values, services }) => withHost(services, async ({ host }) => {
      const email = mailboxOf(words[0]!)
      const inboxes = textsOf(values, 'inbox').map(mailboxOf)
      const { id, link } = await createAccount(host, { email, role: values['operator'] === true ? 'operator' : 'member', inboxes })
      return { text: link, json: { id, email, link } }
    }),
  },
  {
    name: 'account link', usage: 'EMAIL', about: 'Print a new one-time sign-in link, where a new password is chosen', words: [1, 1],
    run: ({ words, services }) => withHost(services, async ({ host }) => {
      const account = await accountNamed(host, words[0]!)
      const link = await createSignInLink(host, account.id)
      return { text: link, json: { id: account.id, email: account.email, link } }
    }),
  },
  {
    name: 'account list', usage: '', about: 'List the accounts, with counts and sizes', words: [0, 0],
    run: ({ services }) => withHost(services, async ({ host }) => {
      const all = await hostAccounts(host.db, host.clock.now())
      return {
        text: table(all.map((account) => [
          account.email, account.role, `${account.aliases} addresses`, `${Math.ceil(account.holdingBytes / 1_000_000)} MB held`, stateOf(account),
        ])),
        json: all.map((account) => ({
          id: account.id, email: account.email, role: account.role, suspended: account.suspendedAt !== null, delete_at: account.deleteAt,
          aliases: account.aliases, holding: account.holding, holding_bytes: account.holdingBytes, last_seen_at: account.lastSeenAt,
        })),
      }
    }),
  },
  {
    name: 'account suspend', usage: 'EMAIL', about: 'From now on its mail is held, and it may only read', words: [1, 1],
    run: ({ words, services }) => changed(services, words[0]!, suspendAccount),
  },
  {
    name: 'account restore', usage: 'EMAIL', about: 'End a suspension, or call off a deletion', words: [1, 1],
    run: ({ words, services }) => changed(services, words[0]!, restoreAccount),
  },
  {
    name: 'account delete', usage: 'EMAIL', about: 'Suspend it for 30 days of grace, then delete it with all it has', words: [1, 1],
    run: ({ words, services }) => changed(services, words[0]!, leaveAccount),
  },
  {
    name: 'account limits', usage: 'EMAIL [--held-mb NUMBER] [--addresses NUMBER] [--domains NUMBER] [--replies NUMBER]',
    about: 'Change what it may have, and print it', words: [1, 1],
    help: [
      '--held-mb NUMBER    room in holding', '--addresses NUMBER  how many addresses; none: as many as it likes',
      '--domains NUMBER    how many domains of its own; none: as many as it likes', '--replies NUMBER    how many replies leave in an hour',
    ],
    options: { 'held-mb': { type: 'string' }, addresses: { type: 'string' }, domains: { type: 'string' }, replies: { type: 'string' } },
    run: ({ words, values, services }) => {
      const number = (name: string) => wholeNumber(`burnbox account limits: --${name}`, textOf(values, name))
      const orNone = (name: string) => textOf(values, name) === 'none' ? null : number(name)
      const [megabytes, aliasLimit, domainLimit, repliesHourly] = [number('held-mb'), orNone('addresses'), orNone('domains'), number('replies')]
      return withHost(services, async ({ host }) => {
        const { id } = await accountNamed(host, words[0]!)
        await changeQuota(host, id, { heldBytes: megabytes === undefined ? undefined : megabytes * 1_000_000, aliasLimit, domainLimit, repliesHourly })
        const now = (await hostAccounts(host.db, host.clock.now(), id))[0]!
        const of = (count: number, limit: number | null) => limit === null ? `${count}, no limit` : `${count} of ${limit}`
        return {
          text: table([
            ['held mail', `${Math.ceil(now.holdingBytes / 1_000_000)} of ${now.heldBytes / 1_000_000} MB`], ['addresses', of(now.aliases, now.aliasLimit)],
            ['own domains', of(now.domains, now.domainLimit)], ['replies an hour', `${now.repliesHourly}`],
          ]),
          json: {
            id, email: now.email, held_bytes: now.heldBytes, aliases: now.aliasLimit, domains: now.domainLimit, replies_hourly: now.repliesHourly,
          },
        }
      })
    },
  },
  {
    name: 'invite', usage: '[EMAIL] [--held-mb NUMBER] [--addresses NUMBER]', about: 'Print a link that makes one account, good for 7 days', words: [0, 1],
    help: [
      'EMAIL               mail the link there too', '--held-mb NUMBER    room in holding, 200 without it',
      '--addresses NUMBER  how many addresses it may have; without it no limit',
    ],
    options: { 'held-mb': { type: 'string' }, addresses: { type: 'string' } },
    run: ({ words, values, services }) => {
      const [megabytes, aliasLimit] = ['held-mb', 'addresses'].map((name) => wholeNumber(`burnbox invite: --${name}`, textOf(values, name)))
      return withHost(services, async ({ host }) => {
        const made = await invite(host, {
          madeBy: null, email: words[0], ...(megabytes !== undefined && { heldBytes: megabytes * 1_000_000 }), ...(aliasLimit !== undefined && { aliasLimit }),
        })
        return { text: made.link, json: { id: made.id, link: made.link, expires_at: made.expiresAt.toISOString() } }
      })
    },
  },
]

const stateOf = (account: { readonly suspendedAt: Date | null; readonly deleteAt: Date | null }): string =>
  account.deleteAt ? `deleted on ${account.deleteAt.toISOString().slice(0, 10)}` : account.suspendedAt ? 'suspended' : ''

const changed = (services: Services, email: string, change: (host: Host, accountId: string) => Promise<void>) => withHost(services, async ({ host }) => {
  const { id } = await accountNamed(host, email)
  await change(host, id)
  const [account] = await hostAccounts(host.db, host.clock.now(), id)
  const state = stateOf(account!) || 'active'
  return { text: `${account!.email}: ${state}`, json: { id, email: account!.email, suspended: account!.suspendedAt !== null, delete_at: account!.deleteAt } }
})

const wholeNumber = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (!/^\d{1,7}$/.test(text)) throw new UsageMistake(`${name} must be a whole number, not "${text}"`)
  return Number(text)
}
