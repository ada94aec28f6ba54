// burnbox account …
import { accountNamed, createAccount, createSignInLink } from '../flow/create-account.ts'
import { Problem } from '../flow/problem.ts'
import { parseMailbox, type Mailbox } from '../mail/address.ts'
import { accounts } from '../store/accounts.ts'
import { table, textsOf, withHost, type Command } from './command.ts'

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
    name: 'account list', usage: '', about: 'List the accounts', words: [0, 0],
    run: ({ services }) => withHost(services, async ({ host }) => {
      const all = await accounts(host.db)
      return {
        text: table(all.map((account) => [account.email, account.role, account.suspendedAt ? 'suspended' : ''])),
        json: all.map(({ id, email, name, role, suspendedAt }) => ({ id, email, name, role, suspended: suspendedAt !== null })),
      }
    }),
  },
]
