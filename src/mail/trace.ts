// Trace: our own Received field (RFC 5321 §4.4, RFC 8314 §7.3 for the protocol names) and the two signs of a loop.
import type { Buffer } from 'node:buffer'
import { lowerCased, parseMailbox, type Mailbox } from './address.ts'
import { formatDate } from './date.ts'
import { fieldsNamed, formatField, valueOf, type Field } from './header.ts'

/** RFC 5321 §6.3 wants at least 100; real paths have fewer than 20, and choice D19 says 50. */
export const maxReceived = 50

export const receivedCount = (fields: readonly Field[]): number => fieldsNamed(fields, 'received').length

/** True when the message was already forwarded for this alias: our own field says so. */
export const hasPassed = (fields: readonly Field[], alias: Mailbox): boolean =>
  fieldsNamed(fields, 'x-burnbox-alias').some((field) => {
    const named = parseMailbox(valueOf(field))
    return named !== undefined && lowerCased(named) === lowerCased(alias)
  })

export type ReceivedFacts = {
  readonly helo: string
  readonly clientIp: string
  readonly by: string
  readonly protocol: 'SMTP' | 'ESMTP' | 'ESMTPS' | 'UTF8SMTP' | 'UTF8SMTPS'
  readonly id: string
  readonly forAlias: Mailbox
  readonly at: Date
}

/** One folded field with its CRLF. Names the alias, never an inbox. */
export const receivedField = (facts: ReceivedFacts): Buffer =>
  formatField(
    'Received',
    `from ${safe(facts.helo)} (${addressLiteral(facts.clientIp)}) by ${safe(facts.by)} with ${facts.protocol} id ${safe(facts.id)} ` +
      `for <${facts.forAlias}>; ${formatDate(facts.at)}`,
  )

const safe = (text: string): string => text.slice(0, 255).replace(/[^\w.:[\]-]/g, '?') || 'unknown'

const addressLiteral = (ip: string): string => (ip.includes(':') ? `[IPv6:${safe(ip)}]` : `[${safe(ip)}]`)
