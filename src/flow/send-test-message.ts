// "Send a test message": a plain message to one of the account's own addresses, over real SMTP to our own ingress.
import { randomUUID } from 'node:crypto'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { lowerCased, parseMailbox, type Mailbox } from '../mail/address.ts'
import { aliasByAddress, aliasByUuid, type Alias } from '../store/aliases.ts'
import { searchAliases } from '../store/alias-search.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

/** A delivery may take 25 s while the ingress lets us wait for it. */
const patienceMs = 40_000
const nobody = 'sender.example'

type Result = { readonly address: string; readonly accepted: boolean; readonly reply: string }

export const sendTestMessage = async (
  host: Host, input: { readonly accountId: string; readonly aliasUuid?: string | undefined; readonly address?: string | undefined },
): Promise<Result> => {
  if (host.config.relay.kind !== 'local') throw new Problem('not-found', 'Test messages are for hosts with the built-in local inbox.')
  const { address, site } = await chosenAlias(host, input)
  // As the company that has the address, or its owner would be told of a stranger. With a domain of ours it would be judged, and be a forgery.
  const sender = `hello@${host.config.local ? site ?? nobody : nobody}`
  return { address, ...await send(host, sender, address) }
}

/** Named by id or address; not named: the newest that is in use. */
const chosenAlias = async (
  host: Host, input: { readonly accountId: string; readonly aliasUuid?: string | undefined; readonly address?: string | undefined },
): Promise<Alias> => {
  const { accountId, aliasUuid, address } = input
  if (aliasUuid !== undefined) return own(accountId, await aliasByUuid(host.db, accountId, aliasUuid))
  if (address !== undefined) {
    const mailbox = parseMailbox(address.trim())
    return own(accountId, mailbox && await aliasByAddress(host.db, lowerCased(mailbox)))
  }
  const { items: [newest] } = await searchAliases(host.db, { accountId, state: 'active', sort: 'created', limit: 1 })
  return own(accountId, newest)
}

const own = (accountId: string, alias: Alias | undefined): Alias => {
  if (alias?.accountId !== accountId) throw notFound('alias')
  return alias
}

const send = (host: Host, sender: string, to: Mailbox): Promise<Omit<Result, 'address'>> => new Promise((resolve) => {
  const { host: listening, port } = host.config.smtp
  // A wildcard address is for listening, not for connecting.
  const target = listening === '0.0.0.0' ? '127.0.0.1' : listening === '::' ? '::1' : listening
  const connection = new SMTPConnection({
    host: target, port, name: nobody, ignoreTLS: true, connectionTimeout: 5_000, socketTimeout: patienceMs,
  })
  const end = (result: Omit<Result, 'address'>): void => {
    connection.close()
    resolve(result)
  }
  // The server's own words, or none: an error's text would name hosts and ports.
  const failed = (error: { readonly response?: string | undefined } | null | undefined): void =>
    end({ accepted: false, reply: error?.response ?? 'The SMTP ingress did not answer.' })
  connection.on('error', failed)
  connection.connect((error) => {
    if (error) return failed(error)
    connection.send({ from: sender, to: [to] }, message(host, sender, to), (refused, info) => {
      if (refused) return failed(refused)
      end({ accepted: true, reply: info?.response ?? '250' })
    })
  })
})

const message = (host: Host, sender: string, to: Mailbox): string => [
  `From: "A shop" <${sender}>`,
  `To: <${to}>`,
  'Subject: A test message',
  `Date: ${host.clock.now().toUTCString().replace('GMT', '+0000')}`,
  `Message-ID: <${randomUUID()}@${nobody}>`,
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'This message was sent by SMTP to your address, as any company would send one.',
  '',
  'If you read it in your inbox, the address forwards. If it is in Holding, the address is burned.',
  '',
].join('\r\n')
