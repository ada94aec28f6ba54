// Companies that write to aliases: each signs with a key of its own, published in a DNS server of the test, and sends from here.
//   const { alias, write, last } = await openCompanies(url)
//   await write(await alias('shop.example'), 'news@shop.example')
import { onTestFinished } from 'vitest'
import { createAlias } from '../../src/flow/create-alias.ts'
import { parseMailbox } from '../../src/mail/address.ts'
import type { Alias } from '../../src/store/aliases.ts'
import { openDnsServer, type DnsServer } from './dns-server.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { openMailProcess, type Account, type MailProcess } from './mail-process.ts'
import { openNextHop, type NextHop } from './next-hop.ts'
import { createSigner, publish, signed, type Signer } from './signed.ts'

export type Wrote = {
  /** Domains that sign; the From's own unless told. None: unsigned. */
  readonly signers?: readonly string[]
  /** The From's own unless told; '' is the null reverse-path. */
  readonly returnPath?: string
  readonly subject?: string
  /** Further fields, each with its CRLF. */
  readonly header?: string
  readonly body?: string
}

export type Companies = {
  readonly mail: MailProcess
  readonly hop: NextHop
  readonly dns: DnsServer
  readonly clock: FakeClock
  readonly owner: Account
  readonly alias: (site: string | null, options?: { readonly account?: Account; readonly localPart?: string }) => Promise<Alias>
  /** The reply to the dot, once who wrote is noted. */
  readonly write: (alias: Pick<Alias, 'address'>, from: string, wrote?: Wrote) => Promise<string>
  /** A field of the copy that the inbox got last, unfolded; '' without it. */
  readonly last: (field: string) => string
}

const signers = new Map<string, Signer>()
/** A key takes longer than a test. */
const signerOf = (domain: string): Signer => {
  const signer = signers.get(domain) ?? createSigner(domain)
  signers.set(domain, signer)
  return signer
}

let names = 0

export async function openCompanies(databaseUrl: string, options: { readonly env?: Readonly<Record<string, string>> } = {}): Promise<Companies> {
  const dns = await openDnsServer()
  const hop = await openNextHop()
  onTestFinished(() => hop[Symbol.asyncDispose]())
  const clock = createFakeClock(new Date())
  const mail = await openMailProcess(databaseUrl, { relay: hop.url, clock, env: { BURNBOX_DNS: dns.address, ...options.env } })
  const owner = await mail.account(`companies${++names}-${process.pid}`)
  const domainIn = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

  return {
    mail, hop, dns, clock, owner,
    alias: (site, { account = owner, localPart } = {}) => createAlias(mail.host, {
      accountId: account.id, site, label: null, note: null, displayName: null, pinned: false, localPart,
    }),
    write: async (alias, from, { signers: who = [domainIn(from)], returnPath = from, subject = 'Hello', header = '', body = 'Hello' } = {}) => {
      let message = [
        `From: Somebody <${from}>`, `To: <${alias.address}>`, `Subject: ${subject}`, 'Date: Thu, 01 Jan 2026 00:00:00 +0000', 'Message-ID: <1@shop.example>',
        `${header}\r\n${body}\r\n`,
      ].join('\r\n')
      for (const domain of who) {
        publish(dns, signerOf(domain))
        message = await signed(message, signerOf(domain))
      }
      if (returnPath !== '') dns.set(domainIn(parseMailbox(returnPath)!), 'TXT', 'v=spf1 ip4:127.0.0.1 -all')
      const { dot } = await mail.send({ to: alias.address, from: returnPath, message })
      await mail.host.senders.flush()
      return dot
    },
    last: (name) => {
      const bytes = hop.accepted.at(-1)?.bytes.toString('latin1') ?? ''
      const lines = bytes.slice(0, bytes.indexOf('\r\n\r\n')).replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')
      return lines.find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.slice(name.length + 1).trim() ?? ''
    },
  }
}
