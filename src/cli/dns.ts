// burnbox dns, burnbox dkim …
import { checkedRecords, dnsRecords, zoneLines } from '../flow/dns-records.ts'
import { activateDkimRotation, listDkimKeys, prepareDkimRotation } from '../flow/rotate-dkim.ts'
import { table, withHost, type Command } from './command.ts'

export const dnsCommands: readonly Command[] = [
  {
    name: 'dns', usage: '[--check]', about: 'Print the records to publish for the domain, as a zone fragment', words: [0, 0],
    help: ['MX, SPF, DKIM and DMARC. The DKIM key is made when there is none yet.', '--check   look each of them up, and say whether it is published'],
    options: { check: { type: 'boolean' } },
    run: ({ values, services }) => withHost(services, async ({ host }) => {
      const records = values['check'] === true ? await checkedRecords(host) : await dnsRecords(host)
      return { text: zoneLines(records), json: records }
    }),
  },
  {
    name: 'dkim list', usage: '', about: 'List the keys that mail is, was and will be signed with', words: [0, 0],
    run: ({ services }) => withHost(services, async ({ host }) => {
      const keys = await listDkimKeys(host)
      return {
        text: table(keys.map((key) => [key.selector, key.algorithm, key.state, key.changedAt.toISOString()])),
        json: keys.map((key) => ({ selector: key.selector, algorithm: key.algorithm, state: key.state, changed_at: key.changedAt.toISOString() })),
      }
    }),
  },
  {
    name: 'dkim rotate', usage: '[--activate [--force]]', words: [0, 0],
    about: 'Make the next key and print its record; with --activate, sign with it from now on',
    help: [
      'First without --activate: publish the record that is printed, and wait until it can be looked up everywhere (a day is plenty).',
      'Then with --activate, which looks it up first (--force: it does not matter what the DNS says).',
      'Leave the record of the former key for a week: mail under way is signed with it.',
    ],
    options: { activate: { type: 'boolean' }, force: { type: 'boolean' } },
    run: ({ values, services }) => withHost(services, async ({ host }) => {
      const activate = values['activate'] === true
      await (activate ? activateDkimRotation(host, { force: values['force'] === true }) : prepareDkimRotation(host))
      const changed = (await listDkimKeys(host)).filter(({ state }) => state === (activate ? 'active' : 'next'))
      const wanted = changed.map(({ selector }) => `${selector}._domainkey.${host.domain}`)
      const records = (await dnsRecords(host)).filter(({ name }) => wanted.includes(name))
      return { text: zoneLines(records), json: records }
    }),
  },
]
