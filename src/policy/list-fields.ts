// List-* fields (RFC 2369, RFC 8058): https: stays, a mailto: (RFC 6068) that a mail program would write to goes through a reverse alias.
import type { Buffer } from 'node:buffer'
import { parseMailbox, type Mailbox } from '../mail/address.ts'
import { formatField, nameAsWritten, valueOf, type Field } from '../mail/header.ts'
import { intact } from './intact.ts'

const maxUris = 20

/** The mailboxes in the mailto: URIs of a List-* field; none for any other field. */
export const mailboxesOfListField = (field: Field): Mailbox[] =>
  field.name.startsWith('list-') ? urisOf(field).flatMap((uri) => mailtoOf(uri)?.mailbox ?? []) : []

/** The bytes as they are without a mailto:, else the field anew; undefined when nothing is left of it. */
export const rewriteListField = (field: Field, reverseAliasOf: (mailbox: Mailbox) => Mailbox | undefined): Buffer | undefined => {
  if (!/mailto:/i.test(valueOf(field).replace(/\s+/g, ''))) return intact(field)
  const uris = urisOf(field).flatMap((uri) => {
    if (/^https?:/i.test(uri)) return [`<${uri}>`]
    const mailto = mailtoOf(uri)
    const reverse = mailto && reverseAliasOf(mailto.mailbox)
    return reverse === undefined ? [] : [`<mailto:${reverse}${mailto?.query ?? ''}>`]
  })
  return uris.length === 0 ? undefined : formatField(nameAsWritten(field), uris.join(', '))
}

const urisOf = (field: Field): string[] =>
  [...valueOf(field).matchAll(/<([^<>]*)>/g)].slice(0, maxUris).map((match) => (match[1] ?? '').replace(/\s+/g, ''))

// One address; of the query only what is no address: to=, cc= and bcc= would be answered outside the alias.
const mailtoOf = (uri: string): { readonly mailbox: Mailbox; readonly query: string } | undefined => {
  const match = /^mailto:([^?]+)(?:\?(.*))?$/i.exec(uri)
  const mailbox = match && parseMailbox(percentDecoded(match[1] ?? ''))
  if (!mailbox) return undefined
  const parameters = (match[2] ?? '').split('&').filter((parameter) => /^(?:subject|body)=[\w.~%!$'()*+,;:@/-]*$/i.test(parameter))
  return { mailbox, query: parameters.length === 0 ? '' : `?${parameters.join('&')}` }
}

const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
