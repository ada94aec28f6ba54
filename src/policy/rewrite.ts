// The header of a forward (INTERFACE.md "Headers on forwarded mail"). Fields that a mail program answers to name us, or go;
// every other field keeps its bytes and its place; what we add stands on top.
import { Buffer } from 'node:buffer'
import { domainOf, localPartOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { entriesOf, formatMailbox, mailboxesIn, type AddressEntry, type NamedMailbox } from '../mail/address-list.ts'
import { authservIdOf } from '../mail/authserv-id.ts'
import { formatDate } from '../mail/date.ts'
import { encodePhrase } from '../mail/encoded-word.ts'
import { fieldsNamed, formatField, valueOf, type Field } from '../mail/header.ts'
import { kindOfLocalPart } from '../mail/reverse-alias.ts'
import { displayName, safeName } from './display-name.ts'
import { intact, isSafe } from './intact.ts'
import { mailboxesOfListField, rewriteListField } from './list-fields.ts'
import { spamResult } from './spam.ts'
import { withOriginalIds } from './thread.ts'

export type Correspondent = Pick<NamedMailbox, 'mailbox' | 'name'>

export type RewriteFacts = {
  readonly alias: Mailbox
  readonly received: Buffer // our Received field, with its CRLF
  readonly isOwn: (mailbox: Mailbox) => boolean // an alias or inbox of the same account, or a reverse alias of ours
  readonly reverseAliasOf: (mailbox: Mailbox) => Mailbox | undefined // of those that correspondentsOf named
  readonly authservIds: readonly string[] // ours: Authentication-Results with them are forged
  readonly authenticationResults?: Buffer // ours, with its CRLF
  readonly spamScore?: number // of what the spam filter called spam
  /** What an id of ours stands for, for the inbox that this goes to. */
  readonly originalId?: (id: string) => string | undefined
  readonly ifAbsent: { readonly date: Date; readonly messageId: string } // messageId without <>; the same in each attempt
}

// INTERFACE.md; beyond them an address costs a row for each stranger that a sender invents (K08).
const maxCorrespondents = 30
// The other fields that are answered to: few in honest mail, and they must not push out the ones above.
const maxFurther = 10

const addressFields = ['from', 'reply-to', 'to', 'cc']
const answeredFields = ['disposition-notification-to', 'mail-followup-to', 'mail-reply-to']

/** The mailboxes that need a reverse alias: distinct, in the order in which they are wanted. The From is one even when it is our own. */
export const correspondentsOf = (fields: readonly Field[], isOwn: (mailbox: Mailbox) => boolean): readonly Correspondent[] => {
  const found = new Map<Mailbox, Correspondent>()
  const add = ({ mailbox, name }: Correspondent, limit: number): void => {
    const key = lowerCased(mailbox)
    if (!found.has(key) && found.size < limit) found.set(key, { mailbox, name })
  }
  for (const name of addressFields) {
    for (const one of mailboxesOf(fields, name)) {
      if (name === 'from' || !isOwn(one.mailbox)) add(one, maxCorrespondents)
    }
  }
  const limit = found.size + maxFurther
  for (const one of answeredFields.flatMap((name) => mailboxesOf(fields, name))) {
    if (!isOwn(one.mailbox)) add(one, limit)
  }
  for (const mailbox of fields.flatMap(mailboxesOfListField)) {
    if (!isOwn(mailbox)) add({ mailbox, name: '' }, limit)
  }
  return [...found.values()]
}

const mailboxesOf = (fields: readonly Field[], name: string): NamedMailbox[] =>
  fieldsNamed(fields, name).flatMap((field) => mailboxesIn(entriesOf(field)))

/** The new header without the empty line, which stays with the body: write content.subarray(endOfFields(content)) behind it. */
export const rewriteHeader = (fields: readonly Field[], facts: RewriteFacts): Buffer => {
  const added: Buffer[] = []
  const kept: Buffer[] = []
  const from = fieldsNamed(fields, 'from')[0]
  for (const field of fields) {
    const { inPlace, onTop } = rewriteField(field, facts)
    if (inPlace && (field.name !== 'from' || field === from)) kept.push(inPlace)
    added.push(...onTop)
  }
  return Buffer.concat([
    facts.received,
    ...(facts.authenticationResults ? [facts.authenticationResults] : []),
    ...(facts.spamScore === undefined ? [] : [formatField('X-Burnbox-Spam', spamResult(facts.spamScore))]),
    formatField('X-Burnbox-Alias', facts.alias),
    ...added,
    ...absentFields(fields, facts),
    ...kept,
  ])
}

type Rewritten = { readonly inPlace?: Buffer; readonly onTop: readonly Buffer[] }

const removed: Rewritten = { onTop: [] }

const rewriteField = (field: Field, facts: RewriteFacts): Rewritten => {
  if (field.name.startsWith('x-burnbox-')) return removed
  if (field.name.startsWith('list-')) return keptOrGone(rewriteListField(field, hiddenBy(facts)))
  switch (field.name) {
    case '':
      return keptOrGone(junkLine(field))
    case 'from':
      return rewriteFrom(field, facts)
    case 'to':
    case 'cc':
      return rewriteRecipients(field, facts)
    case 'reply-to':
    case 'mail-reply-to':
    case 'mail-followup-to':
    case 'disposition-notification-to':
      return rewriteAnswered(field, facts)
    case 'sender':
      return { onTop: [formatField('X-Burnbox-Sender', valueOf(field))] }
    case 'authentication-results':
      return isOurs(field, facts.authservIds) ? removed : keptOrGone(intact(field))
    case 'in-reply-to':
    case 'references':
      return keptOrGone((facts.originalId && withOriginalIds(field, facts.originalId)) ?? intact(field))
    case 'delivered-to': // ours would make our next hop see a loop
      return entriesOf(field).every((entry) => entry.kind === 'mailbox' && !facts.isOwn(entry.mailbox))
        ? keptOrGone(intact(field))
        : removed
    case 'return-path':
    case 'dkim-signature': // each of them is broken by the new From
    case 'bcc':
    case 'resent-bcc':
    case 'resent-reply-to': // obsolete, but old programs answer to it; other Resent- fields are information only (RFC 5322 §3.6.6)
    case 'errors-to':
    case 'x-confirm-reading-to':
    case 'return-receipt-to':
      return removed
  }
  return keptOrGone(intact(field))
}

const keptOrGone = (inPlace: Buffer | undefined): Rewritten => (inPlace === undefined ? removed : { inPlace, onTop: [] })

// A line that is no field. An mbox line would end the header for the next hop, so it gets a name, as Postfix does;
// one that begins with a blank would continue a field of ours.
const junkLine = (field: Field): Buffer | undefined => {
  const text = field.raw.toString('latin1')
  if (/^[ \t]/.test(text)) return undefined
  if (/^>?From /.test(text)) return formatField('X-Mailbox-Line', text)
  return isSafe(field.raw) ? field.raw : undefined
}

// RFC 8601 §5
const isOurs = (field: Field, authservIds: readonly string[]): boolean => {
  const id = authservIdOf(valueOf(field))
  return id === '' || authservIds.some((own) => id === own.toLowerCase())
}

const rewriteFrom = (field: Field, facts: RewriteFacts): Rewritten => {
  const value = valueOf(field)
  const author = mailboxesIn(entriesOf(field))[0]
  const address = (author && facts.reverseAliasOf(author.mailbox)) ?? facts.alias
  const name = author ? displayName(author.name, author.mailbox) : 'unknown sender'
  return { inPlace: formatField('From', formatMailbox(name, address)), onTop: [formatField('X-Burnbox-From', value)] }
}

const rewriteRecipients = (field: Field, facts: RewriteFacts): Rewritten => {
  const title = field.name === 'to' ? 'To' : 'Cc'
  const entries = entriesOf(field)
  if (entries.every((entry) => entry.kind === 'mailbox' && staysAsItIs(entry.mailbox, facts)) && isPlain(field, entries.length)) {
    return keptOrGone(intact(field))
  }
  const { shown, further } = hideAll(entries, facts)
  return {
    ...(shown === '' ? {} : { inPlace: formatField(title, shown) }),
    onTop: further === '' ? [] : [formatField(`X-Burnbox-${title}`, further)],
  }
}

// Our own addresses are left out: an answer to the alias or the inbox would come back to its author.
const rewriteAnswered = (field: Field, facts: RewriteFacts): Rewritten => {
  const entries = mailboxesIn(entriesOf(field)).filter(
    ({ mailbox }) => !facts.isOwn(mailbox) || isReverseAlias(mailbox, facts),
  )
  const { shown, further } = hideAll(entries, facts)
  const title = answerTitles[field.name] ?? 'Reply-To'
  return {
    ...(shown === '' ? {} : { inPlace: formatField(title, shown) }),
    onTop: further === '' ? [] : [formatField(`X-Burnbox-${title}`, further)],
  }
}

const answerTitles: Readonly<Record<string, string>> = {
  'reply-to': 'Reply-To',
  'mail-reply-to': 'Mail-Reply-To',
  'mail-followup-to': 'Mail-Followup-To',
  'disposition-notification-to': 'Disposition-Notification-To',
}

// Bytes are kept only where every program, also one that guesses, reads the same addresses in them as we do.
const isPlain = (field: Field, addresses: number): boolean => {
  const value = valueOf(field)
  return /^[\t -~]*$/.test(value) && !/[(\\]|=\?/.test(value) && value.split('@').length === addresses + 1
}

const staysAsItIs = (mailbox: Mailbox, facts: RewriteFacts): boolean => facts.isOwn(mailbox) || isReverseAlias(mailbox, facts)

// A reverse alias of ours comes back in a bounced forward that is released again; it must not get one of its own.
const isReverseAlias = (mailbox: Mailbox, facts: RewriteFacts): boolean =>
  domainOf(mailbox) === domainOf(facts.alias) && kindOfLocalPart(localPartOf(mailbox)) === 'reverse-alias'

const hiddenBy =
  (facts: RewriteFacts) =>
  (mailbox: Mailbox): Mailbox | undefined =>
    isReverseAlias(mailbox, facts) ? mailbox : facts.reverseAliasOf(mailbox)

type Hidden = { readonly shown: string; readonly further: string }

/** `shown` is safe to answer to; `further` is text for people. */
const hideAll = (entries: readonly AddressEntry[], facts: RewriteFacts): Hidden => {
  const shown: string[] = []
  const further: string[] = []
  for (const entry of entries) {
    switch (entry.kind) {
      case 'mailbox': {
        const hidden = hide(entry, facts)
        if (hidden === undefined) further.push(formatMailbox(safeName(entry.name), entry.mailbox))
        else shown.push(hidden)
        break
      }
      case 'group': {
        const members = hideAll(entry.members, facts)
        shown.push(`${encodePhrase(safeName(entry.name))}: ${members.shown};`)
        if (members.further !== '') further.push(members.further)
        break
      }
      case 'junk':
        further.push(entry.text)
        break
    }
  }
  return { shown: shown.join(', '), further: further.join(', ') }
}

const hide = ({ mailbox, name }: NamedMailbox, facts: RewriteFacts): string | undefined => {
  if (staysAsItIs(mailbox, facts)) return formatMailbox(safeName(name), mailbox)
  const reverse = facts.reverseAliasOf(mailbox)
  return reverse === undefined ? undefined : formatMailbox(displayName(name, mailbox), reverse)
}

// RFC 5322 §3.6 demands Date and From, and big providers refuse mail without a Message-ID; what we made up is marked (D15).
const absentFields = (fields: readonly Field[], { alias, ifAbsent }: RewriteFacts): Buffer[] => {
  const missing = ['Date', 'From', 'Message-ID'].filter((name) => fieldsNamed(fields, name.toLowerCase()).length === 0)
  if (missing.length === 0) return []
  return [
    formatField('X-Burnbox-Added', missing.join(', ')),
    ...(missing.includes('Date') ? [formatField('Date', formatDate(ifAbsent.date))] : []),
    ...(missing.includes('From') ? [formatField('From', formatMailbox('unknown sender', alias))] : []),
    ...(missing.includes('Message-ID') ? [formatField('Message-ID', `<${ifAbsent.messageId}>`)] : []),
  ]
}
