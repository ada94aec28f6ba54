// Was the alias given to whoever writes? Decided by what is proven of the author, never by what a message says of itself alone.

import { domainOf, lowerCased, type Mailbox } from '../mail/address.ts'
import { isMailboxProvider, isSendingService } from './mail-services.ts'
import { isWithin, organisationOf } from './organisation.ts'

/** What becomes of a stranger's mail: delivered with a mark, held, or delivered like any. */
export type StrangerMode = 'flag' | 'hold' | 'silent'

/** 'domain': the organisation and what is below it · 'address': one mailbox · 'signer': signs for those, as a bulk mailer does. */
export type ExpectedSender = {
  readonly kind: 'domain' | 'address' | 'signer'
  readonly name: string
  readonly origin: 'first' | 'learned' | 'owner'
  /** Their mail is expected without proof, too. */
  readonly unproven: boolean
}

/** What an alias knows of whom it was given to. */
export type Expectation = {
  readonly site: string | null
  readonly expected: readonly ExpectedSender[]
  readonly learningSince: Date
  /** Messages that it has learned from. */
  readonly learned: number
}

/** Who wrote a message, and what is proven of it. */
export type Author = {
  readonly mailbox: Mailbox // lower case
  readonly domain: string
  readonly organisation: string
  /** By SPF, DKIM and DMARC, for this very organisation. */
  readonly proven: boolean
  /** It came from hosts of the organisation: SPF passed for it. Then whoever else signed it, signed for them. */
  readonly direct: boolean
  /** At a domain of this host, where each address may be somebody else's, as at a mailbox provider. */
  readonly shared?: boolean
  /** Domains whose signatures are good. */
  readonly signers: readonly string[]
}

export const LEARNING_MS = 14 * 86_400_000
export const LEARNING_MESSAGES = 3

/**
 * @param results the value of our own Authentication-Results field; empty: nobody looked
 * @param trusted nobody looked because who sends here is the host's own user
 */
export const authorOf = (from: Mailbox, authenticated: boolean, results: string, trusted = false): Author => {
  const mailbox = lowerCased(from)
  const domain = domainOf(mailbox)
  const organisation = organisationOf(domain)
  const found = results.split('; ').slice(1)
  const signers = passedFor(found, /^dkim=pass header\.d=(\S+)/)
  const paths = passedFor(found, /^spf=pass smtp\.(?:mailfrom|helo)=(\S+)/)
  const isOurs = (other: string): boolean => organisationOf(other) === organisation
  return {
    mailbox, domain, organisation, signers,
    // DMARC takes neighbours below a private suffix (github.io) for one organisation.
    proven: trusted || (authenticated && [...signers, ...paths].some(isOurs)),
    direct: paths.some(isOurs),
  }
}

const passedFor = (results: readonly string[], pattern: RegExp): string[] => results.flatMap((result) => pattern.exec(result)?.[1]?.toLowerCase() ?? [])

/** @param own the inboxes of the alias: its owner is no stranger */
export const isExpected = (author: Author, { site, expected }: Expectation, own: readonly Mailbox[] = []): boolean => {
  if (author.proven && own.includes(author.mailbox)) return true
  const isVouched = author.proven || author.signers.some((signer) => isSendingService(signer, author.domain) || isSignerOf(signer, expected))
  if (isVouched && site !== null && author.organisation === organisationOf(site)) return true
  return expected.some((sender) => names(sender, author) && (isVouched || sender.unproven))
}

const isSignerOf = (signer: string, expected: readonly ExpectedSender[]): boolean =>
  expected.some(({ kind, name }) => kind === 'signer' && isWithin(signer, name))

const names = ({ kind, name }: ExpectedSender, author: Author): boolean => {
  switch (kind) {
    case 'domain': return isWithin(author.domain, name)
    case 'address': return author.mailbox === name
    case 'signer': return false
  }
}

export type Learned = Pick<ExpectedSender, 'kind' | 'name'> & { readonly origin: 'first' | 'learned' }

/** What the alias learns from this message. Empty: nothing, and it does not count. The site is known without learning. */
export const learnedFrom = (author: Author, alias: Expectation, now: Date): readonly Learned[] => {
  if (!author.proven || alias.learned >= LEARNING_MESSAGES || now.getTime() - alias.learningSince.getTime() >= LEARNING_MS) return []
  const sender = whom(author, alias)
  return sender ? [sender, ...signersFor(author)] : []
}

const whom = (author: Author, { site, expected }: Expectation): Learned | undefined => {
  const given = expected.find(({ origin }) => origin === 'first')
  if (site !== null) return author.organisation === organisationOf(site) ? { kind: 'domain', name: author.organisation, origin: 'learned' } : undefined
  const sender: Learned = author.shared || isMailboxProvider(author.organisation)
    ? { kind: 'address', name: author.mailbox, origin: 'first' } : { kind: 'domain', name: author.organisation, origin: 'first' }
  return given === undefined || (given.kind === sender.kind && given.name === sender.name) ? sender : undefined
}

/** Not from mail that went by others: who passes on a company's mail can sign it with a name of his own and write as the company later. */
const signersFor = (author: Author): readonly Learned[] =>
  (author.direct ? author.signers : []).filter((signer) => !isSendingService(signer, author.domain) && organisationOf(signer) !== author.organisation)
    .map((signer) => ({ kind: 'signer', name: organisationOf(signer), origin: 'learned' }))

/** The value of X-Burnbox-Stranger, for the filters of a mail program. */
export const strangerResult = (author: Author): string =>
  ['yes', `organisation=${author.organisation}`, `proven=${author.proven ? 'yes' : 'no'}`].join('; ')
