// What the operator publishes so that the world finds this host and trusts its mail: MX, SPF (RFC 7208), DKIM (RFC 6376 §3.6.1), DMARC.

import { isIP } from 'node:net'
import type { Config } from '../config.ts'
import { dkimKeyRecord } from '../mail/dns-tags.ts'
import { isSubdomainOf } from '../policy/subdomain.ts'
import { hasSubdomains } from '../store/domains.ts'
import { checkRecord, type Checked, type RecordValue } from './check-record.ts'
import { ensureDkimKeys, listDkimKeys } from './rotate-dkim.ts'
import type { Host } from './host.ts'

export type DnsRecord = RecordValue & { readonly why: string }

/** Mail under way, in queues for up to 5 days, still carries the signature of a retired key. */
const RETIRED_FOR_MS = 7 * 86_400_000

/** Of the host's domain, or of one of an account. */
export const dnsRecords = async (host: Host, domain: string = host.domain): Promise<readonly DnsRecord[]> => {
  if (isSubdomainOf(host.domain, domain)) return [subdomainRecord(host.config, domain)]
  await ensureDkimKeys(host, domain)
  const gone = host.clock.now().getTime() - RETIRED_FOR_MS
  const keys = (await listDkimKeys(host, domain)).filter((key) => key.state !== 'retired' || key.changedAt.getTime() > gone)
  const [mx, spf, dmarc] = mailRecords(host.config, domain)
  return [
    mx, spf,
    ...keys.map(({ selector, algorithm, publicKey, state }): DnsRecord => (
      { name: `${selector}._domainkey.${domain}`, type: 'TXT', value: dkimKeyRecord(algorithm, publicKey), why: whyKey[state] })),
    dmarc,
    ...(domain === host.domain && await hasSubdomains(host.db, domain) ? [subdomainRecord(host.config, `*.${domain}`)] : []),
  ]
}

/** The host signs for what is below it in its own name, which DMARC takes as aligned (RFC 9989 §4.4.1): mail only has to find the way here. */
export const subdomainRecord = (config: Config, name: string): DnsRecord => (
  { ...mailRecords(config, config.domain)[0], name, why: 'mail for the names that accounts chose comes to this server; its operator publishes it once, for *' })

/** Those that need no key. */
export const mailRecords = (config: Config, domain: string): readonly [mx: DnsRecord, spf: DnsRecord, dmarc: DnsRecord] => [
  { name: domain, type: 'MX', value: `10 ${mailServerName(config)}.`, why: 'mail for it comes to this server, on port 25; its name needs an address record' },
  {
    name: domain, type: 'TXT', value: `v=spf1 ${['mx', ...senders(config)].join(' ')} -all`,
    why: 'who may send for it; a provider may name an include: of its own',
  },
  { name: `_dmarc.${domain}`, type: 'TXT', value: 'v=DMARC1; p=reject', why: 'what claims to be from it and is not signed may be refused' },
]

/** The same, each with what the DNS says of it. */
export const checkRecords = (host: Host, records: readonly DnsRecord[]): Promise<readonly (DnsRecord & Checked)[]> =>
  Promise.all(records.map(async (record) => ({ ...record, ...await checkRecord(host.resolve, record) })))

const whyKey = {
  active: 'the key that mail is signed with',
  next: 'the key to come: publish it, wait until it can be looked up everywhere, then run "burnbox dkim rotate --activate"',
  retired: 'the former key, for mail that is still under way',
} as const

/** The web UI's name when it has one of its own: most hosts are one machine. */
export const mailServerName = ({ url, domain }: Config): string => {
  const name = url.hostname.toLowerCase()
  return name.startsWith('[') || isIP(name) || name === 'localhost' ? `mail.${domain}` : name
}

/** A smarthost sends in our name; one on this machine is this machine. */
const senders = ({ relay }: Config): readonly string[] => {
  if (relay.kind !== 'smarthost' || relay.host === 'localhost' || /^(127\.|::1$)/.test(relay.host)) return []
  switch (isIP(relay.host)) {
    case 4: return [`ip4:${relay.host}`]
    case 6: return [`ip6:${relay.host}`]
  }
  return [`a:${relay.host}`]
}

/** RFC 1035 §5.1: a character string holds 255 octets, so a key is several of them. */
export const zoneLines = (records: readonly (DnsRecord & Partial<Checked>)[]): string => records.map((record) => {
  const { name, type, value, why } = record
  const data = type === 'TXT' ? (value.match(/.{1,250}/g) ?? []).map((text) => `"${text}"`).join(' ') : value
  return `; ${why}\n${checkLine(record)}${name}. 3600 IN ${type} ${data}`
}).join('\n')

const checkLine = ({ published, found = [] }: Partial<Checked>): string => {
  if (published === undefined) return ''
  if (published === null) return '; not known: the DNS gave no answer\n'
  if (published) return '; published\n'
  // Others' text must end no comment of ours.
  const there = found.map((text) => text.replaceAll(/[^ -~]/g, '?')).join(' | ')
  return `; NOT PUBLISHED${there === '' ? '' : `, but: ${there}`}\n`
}
