// In-Reply-To and References across the alias. What leaves names only messages that came through this alias and ids of ours; every other id may
// be of the inbox's provider, so one of ours stands for it. What comes in names the provider's own ids again, for the inbox that wrote them.
import type { Buffer } from 'node:buffer'
import { getDomain } from 'tldts'
import { fieldsNamed, formatField, nameAsWritten, valueOf, type Field } from '../mail/header.ts'
import { messageIdsIn } from '../mail/message-id.ts'

export type Thread = { readonly messageId: string | undefined; readonly inReplyTo: readonly string[]; readonly references: readonly string[] }

export const threadOf = (fields: readonly Field[]): Thread => {
  const ids = (name: string): readonly string[] => fieldsNamed(fields, name).flatMap((field) => messageIdsIn(valueOf(field)))
  return { messageId: ids('message-id')[0], inReplyTo: ids('in-reply-to'), references: ids('references') }
}

export type OutgoingIds = {
  /** It came as the Message-ID of mail to this alias. */
  readonly isSeen: (id: string) => boolean
  /** One of ours that we made for this alias. */
  readonly isMinted: (id: string) => boolean
  readonly mint: (id: string) => string
  /** Of those it is for. */
  readonly theirDomains: readonly string[]
  /** Of the inbox and of the message's own id. */
  readonly ownDomains: readonly string[]
}

/**
 * An id that was seen too long ago to be remembered is still theirs when it says so: of their domain, and not of the inbox's, where both
 * are customers of one provider.
 */
export const outgoingId = (id: string, { isSeen, isMinted, mint, theirDomains, ownDomains }: OutgoingIds): string => {
  if (isMinted(id) || (isAscii.test(id) && isSeen(id))) return id
  const domain = organizationOf(domainOfId(id))
  const isOf = (domains: readonly string[]): boolean => domains.some((one) => organizationOf(one) === domain)
  return domain !== '' && isAscii.test(id) && isOf(theirDomains) && !isOf(ownDomains) ? id : mint(id)
}

const isAscii = /^[!-~]+$/

export const domainOfId = (id: string): string => id.slice(id.lastIndexOf('@') + 1).toLowerCase()

const organizationOf = (domain: string): string => getDomain(domain) ?? domain

/** The field with the ids that ours stand for; its very bytes where there are none. @param original undefined: leave it */
export const withOriginalIds = (field: Field, original: (id: string) => string | undefined): Buffer | undefined => {
  const ids = messageIdsIn(valueOf(field))
  const found = new Map(ids.flatMap((id) => {
    const own = original(id)
    return own === undefined ? [] : [[id, own] as const]
  }))
  if (found.size === 0) return undefined
  const value = valueOf(field).replaceAll(/<([^<>\s]+)>/g, (_, id: string) => `<${found.get(id) ?? id}>`)
  return formatField(nameAsWritten(field), value.replaceAll('><', '> <'))
}
