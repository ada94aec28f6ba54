// Who may write through a reverse alias: the owner of its alias, from one of that alias' verified inboxes, and proven to be there.
// The domain of the inbox answers for it: DMARC pass, or what DMARC would have counted (aligned SPF or DKIM).
import { lowerCased, type Mailbox, type ReversePath } from '../mail/address.ts'
import type { AliasFact, InboxFact } from './decide.ts'
import type { Authentication } from './judge.ts'

export type PermissionFacts = {
  readonly alias: Pick<AliasFact, 'state' | 'suspended' | 'inboxes'>
  /** The one author; undefined: there is not exactly one. */
  readonly from: Mailbox | undefined
  readonly reversePath: ReversePath
  readonly isAutomatic: boolean
  /** Undefined: nothing is looked up for this client. */
  readonly authentication: Authentication | undefined
  /** The secret of the inbox stood in every reverse alias that was written to. */
  readonly secretMatches: boolean
}

export type PermissionRefusal = 'reverse-alias' | 'dns-trouble' | 'reply-automatic' | 'reply-burned' | 'reply-closed' | 'reply-suspended'
export type Permission = { readonly kind: 'allowed'; readonly inbox: InboxFact } | { readonly kind: 'refused'; readonly reason: PermissionRefusal }

export const mayReply = (facts: PermissionFacts): Permission => {
  const { alias, from, reversePath, authentication } = facts
  const inbox = verifiedInbox(alias, from)
  if (!inbox) return refused('reverse-alias')
  // A vacation reply, a read receipt: nobody else sends with the null reverse-path, and whether it is proven changes nothing.
  if (reversePath.kind === 'null') return refused(facts.isAutomatic ? 'reply-automatic' : 'reverse-alias')
  if (!verifiedInbox(alias, reversePath.mailbox)) return refused('reverse-alias')
  const isProven = authentication === undefined || facts.secretMatches || isFromItsDomain(authentication)
  if (!isProven) return refused(couldBeProven(authentication) ? 'dns-trouble' : 'reverse-alias')
  const reason = stateRefusal(alias) ?? (facts.isAutomatic ? 'reply-automatic' : undefined)
  return reason ? refused(reason) : { kind: 'allowed', inbox }
}

/** Who submits, where SMTP AUTH has shown it: nothing is asked of SPF, DKIM and DMARC then. */
export type Submitter = { readonly accountId: string; readonly aliasId: number }
export type Submission = {
  readonly alias: AliasFact
  /** The alias, or what a mail program calls itself. */
  readonly from: Mailbox | undefined
  readonly isAutomatic: boolean
  readonly submitter: Submitter
}

/** `inbox`: where a report about it goes. */
export const maySubmit = (
  { alias, from, isAutomatic, submitter }: Submission,
): Permission | { readonly kind: 'allowed'; readonly inbox: InboxFact | null } => {
  if (alias.accountId !== submitter.accountId || alias.id !== submitter.aliasId || !from) return refused('reverse-alias')
  const isOwn = lowerCased(from) === lowerCased(alias.address) || verifiedInbox(alias, from) !== undefined
  if (!isOwn) return refused('reverse-alias')
  const reason = stateRefusal(alias) ?? (isAutomatic ? 'reply-automatic' : undefined)
  return reason ? refused(reason) : { kind: 'allowed', inbox: verifiedInbox(alias, from) ?? alias.inboxes.find(({ verified }) => verified) ?? null }
}

const stateRefusal = ({ suspended, state }: PermissionFacts['alias']): PermissionRefusal | undefined => {
  if (suspended) return 'reply-suspended'
  switch (state) {
    case 'burned': return 'reply-burned'
    case 'closed': return 'reply-closed'
    case 'active': return undefined
  }
}

const refused = (reason: PermissionRefusal): Permission => ({ kind: 'refused', reason })

export const verifiedInbox = ({ inboxes }: PermissionFacts['alias'], mailbox: Mailbox | undefined): InboxFact | undefined =>
  mailbox && inboxes.find((inbox) => inbox.verified && lowerCased(inbox.address) === lowerCased(mailbox))

const isFromItsDomain = ({ spf, dkim, dmarc }: Authentication): boolean =>
  dmarc.result === 'pass' || [spf, ...dkim].some((check) => check.result === 'pass' && check.aligned)

const couldBeProven = ({ spf, dkim, dmarc }: Authentication): boolean =>
  dmarc.result === 'temperror' || [spf, ...dkim].some((check) => check.result === 'temperror' && check.aligned)
