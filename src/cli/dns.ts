// burnbox dns, burnbox dkim …
import { checkRecords, dnsRecords, zoneLines } from '../flow/dns-records.ts'
import type { Host } from '../flow/host.ts'
import { Problem } from '../flow/problem.ts'
import { activateDkimRotation, listDkimKeys, prepareDkimRotation } from '../flow/rotate-dkim.ts'
import { isSubdomainOf } from '../policy/subdomain.ts'
import { isOurDomain } from '../store/domains.ts'
import { table, withHost, type Command } from './command.ts'

const ofAccount = '--domain NAME   of a domain that an account has proved to be its own'

const domainNamed = async (host: Host, values: Readonly<Record<string, unknown>>): Promise<string> => {
  const name = String(values['domain'] ?? host.domain).toLowerCase()
  if (!await isOurDomain(host.db, name)) throw new Problem('not-found', `${name} is not a domain of this host.`)
  return name
}

/** What is below the host's is signed with the host's key. */
const signingDomain = async (host: Host, values: Readonly<Record<string, unknown>>): Promise<string> => {
  const name = await domainNamed(host, values)
  return isSubdomainOf(host.domain, name) ? host.domain : name
}

export const dnsCommands: readonly Command[] = [
  {
    name: 'dns', usage: '[--check] [--domain NAME]', about: 'Print the records to publish for the domain, as a zone fragment', words: [0, 0],
    help: [
      'MX, SPF, DKIM and DMARC. The DKIM key is made when there is none yet.',
      '--check         look each of them up, and say whether it is published',
      ofAccount,
    ],
    options: { check: { type: 'boolean' }, domain: { type: 'string' } },
    run: ({ values, services }) => withHost(services, async ({ host }) => {
      const plain = await dnsRecords(host, await domainNamed(host, values))
      const records = values['check'] === true ? await checkRecords(host, plain) : plain
      return { text: zoneLines(records), json: records }
    }),
  },
  {
    name: 'dkim list', usage: '[--domain NAME]', about: 'List the keys that mail is, was and will be signed with', words: [0, 0],
    help: [ofAccount],
    options: { domain: { type: 'string' } },
    run: ({ values, services }) => withHost(services, async ({ host }) => {
      const keys = await listDkimKeys(host, await signingDomain(host, values))
      return {
        text: table(keys.map((key) => [key.selector, key.algorithm, key.state, key.changedAt.toISOString()])),
        json: keys.map((key) => ({ selector: key.selector, algorithm: key.algorithm, state: key.state, changed_at: key.changedAt.toISOString() })),
      }
    }),
  },
  {
    name: 'dkim rotate', usage: '[--activate [--force]] [--domain NAME]', words: [0, 0],
    about: 'Make the next key and print its record; with --activate, sign with it from now on',
    help: [
      'First without --activate: publish the record that is printed, and wait until it can be looked up everywhere (a day is plenty).',
      'Then with --activate, which looks it up first (--force: it does not matter what the DNS says).',
      'Leave the record of the former key for a week: mail under way is signed with it.',
      ofAccount,
    ],
    options: { activate: { type: 'boolean' }, force: { type: 'boolean' }, domain: { type: 'string' } },
    run: ({ values, services }) => withHost(services, async ({ host }) => {
      const activate = values['activate'] === true
      const domain = await signingDomain(host, values)
      await (activate ? activateDkimRotation(host, { force: values['force'] === true, domain }) : prepareDkimRotation(host, domain))
      const changed = (await listDkimKeys(host, domain)).filter(({ state }) => state === (activate ? 'active' : 'next'))
      const wanted = changed.map(({ selector }) => `${selector}._domainkey.${domain}`)
      const records = (await dnsRecords(host, domain)).filter(({ name }) => wanted.includes(name))
      return { text: zoneLines(records), json: records }
    }),
  },
]
