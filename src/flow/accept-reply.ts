// DATA to a reverse alias: the owner answers as the alias. Who may; what leaves; whether it tells who he is; then on its way while his server waits.

import { domainOf, localPartOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { entriesOf, mailboxesIn } from '../mail/address-list.ts'
import { isAutomatic } from '../mail/automatic.ts'
import { readable } from '../mail/encoded-word.ts'
import { soleFrom } from '../mail/from.ts'
import { headerViolation } from '../mail/header-limits.ts'
import { fieldsNamed, fieldsOf, valueOf, type Field } from '../mail/header.ts'
import { isReverseLocalPart, splitReverse } from '../mail/reverse-alias.ts'
import { maxReceived, receivedCount } from '../mail/trace.ts'
import { withHeader } from '../mail/with-header.ts'
import { authenticationResults } from '../policy/authentication-results.ts'
import { checksText } from '../policy/checks.ts'
import type { CorrespondentFact, InboxFact, Reply } from '../policy/decide.ts'
import { replyHeader } from '../policy/reply-header.ts'
import { mayReply, maySubmit, verifiedInbox, type Submitter } from '../policy/reply-permission.ts'
import { threadOf } from '../policy/thread.ts'
import { ownAddresses } from '../store/correspondents.ts'
import { replyFacts, type ReplyFacts } from '../store/reply-facts.ts'
import { findReverseAliases, markWritten } from '../store/reverse-aliases.ts'
import { authenticate } from './authenticate.ts'
import { holdRevealing } from './hold-revealing.ts'
import type { Host } from './host.ts'
import type { Acceptance, Incoming } from './incoming.ts'
import { leavingDelivery, queueReply, type LeavingReply } from './leaving-reply.ts'
import { noteAttempted } from './note-attempted.ts'
import { isOurDomain, recipientBehind } from './reply-names.ts'
import { hasReplySecret } from './reply-secret.ts'
import { createReplyThread, threadsAsked } from './reply-thread.ts'
import { replyThrough } from './reply-through.ts'
import { scanReply } from './scan-reply.ts'
import { shareAnswer } from './share-answer.ts'
import { takeReplies } from './take-replies.ts'

const ACCEPTED: Acceptance = { kind: 'accepted' }
const CLIP_CHARACTERS = 500
const DAY_MS = 86_400_000

/** `submitter`: SMTP AUTH has shown who it is. Throws when the store is away: nothing is promised then. */
export const acceptReply = async (host: Host, incoming: Incoming<Reply>, submitter?: Submitter): Promise<Acceptance> => {
  const { content, routes } = incoming
  const [{ alias }] = routes
  if (headerViolation(content.header)) return { kind: 'refused', reason: 'header-too-large' }
  const fields = fieldsOf(content.header)
  if (receivedCount(fields) > maxReceived) return { kind: 'refused', reason: 'loop' }

  const found = submitter ? undefined : await authenticate(host, incoming, fields)
  const from = soleFrom(fields)?.mailbox
  const permission = submitter ? maySubmit({ alias, from, isAutomatic: isAutomatic(fields), submitter }) : mayReply({
    alias, from, reversePath: incoming.reversePath, isAutomatic: isAutomatic(fields), authentication: found, secretMatches: haveSecret(host, routes, from),
  })
  const checks = found ? checksText(authenticationResults(host.domain, found)) : null
  if (permission.kind === 'refused') {
    noteAttempted(host, incoming, permission.reason, checks)
    return permission
  }
  const { inbox } = permission

  const thread = threadOf(fields)
  const facts = await replyFacts(host.db, alias, threadsAsked(host, alias, thread))
  const leaving = replyHeader(fields, thread, await headerFacts(host, incoming, fields, inbox, facts, submitter !== undefined))
  if (leaving.kind === 'outside') return { kind: 'refused', reason: 'reply-outside' }

  const to = recipients(routes)
  const limit = await takeReplies(host, alias, to, content.size, facts.repliesHourly)
  if (limit) return { kind: 'refused', reason: limit }
  const scanned = await scanReply(host, {
    alias: alias.address, header: leaving.header, content,
    secrets: { addresses: facts.addresses.filter((address) => !to.some((one) => one.address === lowerCased(address))), realName: facts.realName },
    correspondentOf: recipientBehind(host, alias, to),
  })
  const reply = (header: Buffer, body: Incoming['content']): LeavingReply => ({
    alias, inbox, checks, content: withHeader(header, body), message: messageFacts(host, incoming, fields, header),
  })
  if (scanned.kind === 'reveals') return holdRevealing(host, reply(leaving.header, content), to, scanned.finds)
  const clean = reply(scanned.header, scanned.content)
  await noteWritten(host, to, incoming.receivedAt)
  const [first, ...others] = to.map((one) => leavingDelivery(host, clean, one))
  if (!first) throw new Error('a reply to nobody')
  const acceptance = others.length === 0 ? await replyThrough(host, clean, first) : await queueReply(host, clean, [first, ...others]).then(() => ACCEPTED)
  if (acceptance.kind === 'accepted' && facts.shareAnswers) await shareAnswer(host, clean, to)
  return acceptance
}

/** Every one of them as the inbox is shown it, with its secret in it. */
const haveSecret = (host: Host, routes: Incoming<Reply>['routes'], from: Mailbox | undefined): boolean => {
  const inbox = from && verifiedInbox(routes[0].alias, from)
  return inbox !== undefined && routes.every(({ localPart }) => hasReplySecret(host, inbox, localPart))
}

/** When somebody was last written to is known to the day, so that most replies write nothing. */
const noteWritten = async (host: Host, to: readonly CorrespondentFact[], at: Date): Promise<void> => {
  const ids = to.filter(({ writtenAt, lastUsedAt }) => writtenAt === null || at.getTime() - lastUsedAt.getTime() >= DAY_MS).map(({ id }) => id)
  if (ids.length > 0) await markWritten(host.db, ids, at)
}

/** Each correspondent once, whatever his reverse alias was written like. */
const recipients = (routes: readonly Reply[]): readonly CorrespondentFact[] => [...new Map(routes.map(({ to }) => [to.id, to])).values()]

const headerFacts = async (
  host: Host, incoming: Incoming<Reply>, fields: readonly Field[], inbox: InboxFact | null, facts: ReplyFacts, outsideAllowed: boolean,
): Promise<Parameters<typeof replyHeader>[2]> => {
  const [{ alias }] = incoming.routes
  const named = ['to', 'cc'].flatMap((name) => fieldsNamed(fields, name)).flatMap((field) => mailboxesIn(entriesOf(field)))
    .map(({ mailbox }) => lowerCased(mailbox))
  const reverseOf = (mailbox: Mailbox): string | undefined =>
    isOurDomain(host, alias, domainOf(mailbox)) && isReverseLocalPart(localPartOf(mailbox)) ? splitReverse(localPartOf(mailbox)).base : undefined
  const known = new Map(incoming.routes.map(({ to }) => [to.reverseLocalPart, to]))
  const unknown = new Set(named.flatMap((mailbox) => reverseOf(mailbox) ?? []).filter((localPart) => !known.has(localPart)))
  for (const one of await findReverseAliases(host.db, host.keys, [...unknown])) if (one.aliasId === alias.id) known.set(one.reverseLocalPart, one)
  const own = await ownAddresses(host.db, alias.accountId, named.filter((mailbox) => reverseOf(mailbox) === undefined))
  const signIn = new Set(facts.addresses.map(lowerCased))
  const thread = createReplyThread(host, { alias, inbox, to: recipients(incoming.routes), seen: facts.seen }, threadOf(fields))
  return {
    alias: alias.address, displayName: facts.displayName, at: incoming.receivedAt, outsideAllowed,
    correspondentOf: (mailbox) => known.get(reverseOf(mailbox) ?? ''),
    isOwn: (mailbox) => own.has(mailbox) || signIn.has(mailbox),
    isOurDomain: (domain) => isOurDomain(host, alias, domain),
    messageId: thread.messageId, threadId: thread.idFor,
  }
}

const messageFacts = (host: Host, incoming: Incoming<Reply>, fields: readonly Field[], header: Buffer): LeavingReply['message'] => {
  const [subject] = fieldsNamed(fields, 'subject')
  return {
    receivedAt: incoming.receivedAt, reversePath: '', helo: host.domain, clientIp: '127.0.0.1', protocol: 'ESMTP',
    smtpUtf8: header.some((octet) => octet > 127) || (incoming.smtpUtf8 && incoming.content.eightBit),
    authenticated: true, authentication: '', from: incoming.routes[0].alias.address, subject: subject ? readable(valueOf(subject), CLIP_CHARACTERS) : '',
  }
}
