// The header of a reply as it leaves. Nothing is taken away here: what is not named below never gets in (N03). Written anew but for Subject and
// the fields of MIME, whose bytes stay.
import { Buffer } from 'node:buffer'
import { domainOf, localPartOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { entriesOf, formatMailbox, mailboxesIn, type AddressEntry, type NamedMailbox } from '../mail/address-list.ts'
import { formatDate } from '../mail/date.ts'
import { fieldsNamed, formatField, valueOf, type Field } from '../mail/header.ts'
import { kindOfLocalPart } from '../mail/reverse-alias.ts'
import { displayName } from './display-name.ts'
import { intact } from './intact.ts'

export type Correspondent = { readonly address: Mailbox }

export type ReplyHeaderFacts = {
  readonly alias: Mailbox
  readonly displayName: string
  readonly at: Date
  /** A reverse alias of this alias, in lower case. */
  readonly correspondentOf: (reverseAlias: Mailbox) => Correspondent | undefined
  /** An address of the account itself. */
  readonly isOwn: (mailbox: Mailbox) => boolean
  /** Where reverse aliases live. */
  readonly isOurDomain: (domain: string) => boolean
  /** By SMTP AUTH the owner may name anybody: nothing of theirs is sent by another server. */
  readonly outsideAllowed: boolean
  readonly messageId: string
  /** For each id of In-Reply-To and References, in their order. */
  readonly threadId: (id: string) => string | undefined
}

export type ReplyHeader =
  | { readonly kind: 'header'; readonly header: Buffer }
  /** To or Cc name somebody who would have it, or has had it, from the real address (D31). */
  | { readonly kind: 'outside' }

const mimeFields = ['content-type', 'content-transfer-encoding', 'content-disposition', 'content-description', 'content-language']

/** Without the empty line. */
export const replyHeader = (fields: readonly Field[], thread: { readonly inReplyTo: readonly string[]; readonly references: readonly string[] },
  facts: ReplyHeaderFacts): ReplyHeader => {
  const to = recipientsIn(fields, 'to', facts)
  const cc = recipientsIn(fields, 'cc', facts)
  if (to === 'outside' || cc === 'outside') return { kind: 'outside' }
  const ids = (name: string, all: readonly string[]): Buffer[] => {
    const mapped = [...new Set(all.flatMap((id) => facts.threadId(id) ?? []))]
    return mapped.length === 0 ? [] : [formatField(name, mapped.map((id) => `<${id}>`).join(' '))]
  }
  return {
    kind: 'header',
    header: Buffer.concat([
      formatField('Received', `by ${domainOf(facts.alias)}; ${formatDate(facts.at)}`),
      formatField('From', formatMailbox(facts.displayName, facts.alias)),
      ...(to.length === 0 && cc.length === 0 ? [formatField('To', 'undisclosed-recipients:;')] : []),
      ...(to.length === 0 ? [] : [formatField('To', to.join(', '))]),
      ...(cc.length === 0 ? [] : [formatField('Cc', cc.join(', '))]),
      ...theFirst(fields, 'subject'),
      formatField('Date', formatDate(dateOf(fields) ?? facts.at)),
      formatField('Message-ID', `<${facts.messageId}>`),
      ...ids('In-Reply-To', thread.inReplyTo),
      ...ids('References', thread.references),
      ...(fieldsNamed(fields, 'mime-version').length === 0 ? [] : [formatField('MIME-Version', '1.0')]),
      ...mimeFields.flatMap((name) => theFirst(fields, name)),
    ]),
  }
}

// A second one is read by one program and not by another; what leaves has one.
const theFirst = (fields: readonly Field[], name: string): Buffer[] => fieldsNamed(fields, name).slice(0, 1).map(intact)

const recipientsIn = (fields: readonly Field[], name: string, facts: ReplyHeaderFacts): string[] | 'outside' => {
  const entries = fieldsNamed(fields, name).flatMap((field) => entriesOf(field))
  if (entries.some(isUnreadable)) return 'outside'
  const shown = new Map<Mailbox, string>()
  for (const entry of mailboxesIn(entries)) {
    const mailbox = lowerCased(entry.mailbox)
    const correspondent = facts.correspondentOf(mailbox)
    if (correspondent) shown.set(correspondent.address, formatMailbox(nameFor(entry, correspondent), correspondent.address))
    // One of another alias is not for these recipients to see; each of their messages goes its own way.
    else if (facts.isOwn(mailbox) || isReverseAlias(mailbox, facts)) continue
    else if (facts.outsideAllowed) shown.set(mailbox, formatMailbox(entry.name, entry.mailbox))
    else return 'outside'
  }
  return [...shown.values()]
}

/** It may be an address for the owner's server where it is none for us. */
const isUnreadable = (entry: AddressEntry): boolean =>
  entry.kind === 'junk' ? entry.text.includes('@') : entry.kind === 'group' && entry.members.some(isUnreadable)

const isReverseAlias = (mailbox: Mailbox, facts: ReplyHeaderFacts): boolean =>
  facts.isOurDomain(domainOf(mailbox)) && kindOfLocalPart(localPartOf(mailbox)) === 'reverse-alias'

/** What the correspondents call themselves, as the forward showed it; what the owner calls them at home ("awful landlord") stays there. */
const nameFor = ({ name }: NamedMailbox, { address }: Correspondent): string => {
  const [, own = ''] = /^(.*) \([^()]*\)$/.exec(name) ?? []
  return own !== '' && displayName(own, address) === name ? own : ''
}

// RFC 5322 §3.3; the zone of the owner is theirs.
const dateOf = (fields: readonly Field[]): Date | undefined => {
  const [field] = fieldsNamed(fields, 'date')
  const date = field && new Date(valueOf(field).replace(/\([^()]*\)/g, '').slice(0, 100))
  return date && !Number.isNaN(date.getTime()) && date.getUTCFullYear() < 10_000 && date.getUTCFullYear() >= 1970 ? date : undefined
}
