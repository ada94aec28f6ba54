// From facts about a recipient to the verdict at RCPT and again at each attempt. No I/O.
// The table of HOUSE.md: active forwards, burned is held while the sender sees 250, closed and unknown look alike.

import type { Mailbox } from '../mail/address.ts'
import type { AliasRules } from './alias-rules.ts'

export type HoldReason =
  | 'burned' | 'refused' | 'expired' | 'unconfirmed' | 'unauthentic' | 'spam' | 'stranger' | 'blocked'
  | 'report' | 'suspended' | 'no-inbox' | 'closed' | 'quiet' | 'flood' | 'would-reveal' | 'unsupported'

/** Who is behind a reverse alias. */
export type CorrespondentFact = {
  readonly id: string
  readonly aliasId: number
  readonly address: Mailbox
  /** As the owner calls them, for their eyes only; may be empty. */
  readonly name: string
  readonly reverseLocalPart: string
  readonly lastUsedAt: Date
  /** When the owner first wrote to them. */
  readonly writtenAt: Date | null
}

export type RejectReason = 'no-such-address' | 'relay-not-permitted' | 'reverse-alias' | 'own-address' | 'other-alias'
export type TempfailReason = 'holding-full' | 'other-kind' | 'no-operator' | 'too-many-correspondents' | 'too-many-made-up'

export type InboxFact = {
  readonly id: string
  readonly address: Mailbox
  readonly verified: boolean
  /** Its server refuses mail; an accepted delivery from then on ends that. */
  readonly refusedUntil?: Date | null
  /** Its provider signs nothing: what proves its replies stands in the reverse aliases that it is shown (mail/reverse-alias). */
  readonly replySecret?: Buffer | null
}

/** What the store knows of an alias at this moment. */
export type AliasFact = {
  readonly id: number
  readonly uuid: string
  readonly accountId: string
  readonly address: Mailbox
  readonly site: string | null
  readonly state: 'active' | 'burned' | 'closed'
  readonly burnedAt: Date | null
  readonly suspended: boolean
  /** It, or its account, blocks somebody: who, is asked when there is a From. */
  readonly blocks?: boolean
  /** The other inboxes may see which of them answered. */
  readonly sharesAnswers?: boolean
  /** The key of its threads that it came with from another host, encrypted at rest; without one it follows from our secret. */
  readonly threadKey?: Buffer | null
  /** Calendars in its mail name correspondents by their reverse aliases. */
  readonly rewritesInvitations?: boolean
  readonly inboxes: readonly InboxFact[]
  readonly rules?: AliasRules
}

export type Forward = { readonly kind: 'forward'; readonly alias: AliasFact; readonly to: readonly [InboxFact, ...InboxFact[]] }
export type Hold = { readonly kind: 'hold'; readonly alias: AliasFact; readonly reason: HoldReason }
/** Mail to one of our VERP addresses: a report about the delivery named in it. */
export type Report = {
  readonly kind: 'report'; readonly alias: AliasFact; readonly deliveryId: bigint
  /** The burn button of that delivery, by mail: not a report but an order. */
  readonly burnToken?: string
}
/** Mail to a reverse alias. `localPart`: as it was written, in lower case; the secret of an inbox may stand in it. */
export type Reply = { readonly kind: 'reply'; readonly alias: AliasFact; readonly to: CorrespondentFact; readonly localPart: string }
/** Mail to the VERP address of a reply. `inboxId` sent it; null: by SMTP AUTH. */
export type ReplyReport = {
  readonly kind: 'reply-report'; readonly alias: AliasFact; readonly deliveryId: bigint; readonly inboxId: string | null; readonly correspondentId: string
}
/** Mail to `alias+name=domain`: how does one write to name@domain as the alias? */
export type WriteRequest = { readonly kind: 'write-request'; readonly alias: AliasFact; readonly address: Mailbox }
/** Nobody has this address yet: the message makes it when it is accepted, and not before, so that who only asks makes nothing. */
export type MakeUp = { readonly kind: 'make-up'; readonly address: Mailbox; readonly accountId: string }
export type Reject = { readonly kind: 'reject'; readonly reason: RejectReason }
export type Tempfail = { readonly kind: 'tempfail'; readonly reason: TempfailReason }

/** We take responsibility (RFC 5321 §6.1). */
export type Route = Forward | Hold | Report | Reply | ReplyReport | WriteRequest | MakeUp
/** The client keeps the message. */
export type Refusal = Reject | Tempfail

export const decideAlias = (alias: AliasFact): Forward | Hold | Reject => {
  switch (alias.state) {
    case 'closed': return { kind: 'reject', reason: 'no-such-address' }
    case 'burned': return { kind: 'hold', alias, reason: 'burned' }
    case 'active': return alias.rules?.flooded ? { kind: 'hold', alias, reason: 'flood' } : forwardOrHold(alias, alias.inboxes)
  }
}

/**
 * The same question at the moment of an attempt: the owner may have acted since RCPT (cases D27, D28).
 * A released message ignores burned and closed, never a suspension or a missing verified inbox.
 */
export const decideAttempt = (alias: AliasFact, inboxId: string | null, released: boolean): Forward | Hold => {
  if (!released && alias.state !== 'active') return { kind: 'hold', alias, reason: alias.state }
  return forwardOrHold(alias, alias.inboxes.filter((inbox) => inbox.id === inboxId))
}

/** The same of a reply: what leaves needs no inbox. Undefined: it may go. */
export const holdsReply = (alias: Pick<AliasFact, 'state' | 'suspended'>, released: boolean): 'burned' | 'closed' | 'suspended' | undefined => {
  if (alias.suspended) return 'suspended'
  return released || alias.state === 'active' ? undefined : alias.state
}

const forwardOrHold = (alias: AliasFact, inboxes: readonly InboxFact[]): Forward | Hold => {
  if (alias.suspended) return { kind: 'hold', alias, reason: 'suspended' }
  const [first, ...rest] = inboxes.filter((inbox) => inbox.verified)
  return first ? { kind: 'forward', alias, to: [first, ...rest] } : { kind: 'hold', alias, reason: 'no-inbox' }
}
