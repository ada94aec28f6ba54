// What the owner is told by mail, in plain words, and where that mail goes: never to an inbox that it is about.

import { domainOf, type Mailbox } from '../mail/address.ts'

/**
 * 'refused' the server of an inbox refuses mail · 'bounced' mail of an alias came back, from which of its inboxes is not known ·
 * 'insecure' a domain lost its TLS, and mail for it waits · 'clear' it gave TLS up long ago, and mail goes there in the clear.
 * 'stranger' the first one wrote to an alias · 'wanted' a burned alias got what looks like a code: told at once.
 * 'webhook' one is switched off, because nobody took its calls. `about`: the address of an inbox or alias, a domain, the host of a webhook.
 */
export type NoticeKind = 'refused' | 'bounced' | 'insecure' | 'clear' | 'stranger' | 'wanted' | 'webhook'

export type NoticeFact = { readonly kind: NoticeKind; readonly about: string; readonly detail: string; readonly at: Date }

export type InboxHealth = {
  readonly address: Mailbox
  readonly verified: boolean
  readonly isDefault: boolean
  readonly refusedSince: Date | null
  /** Messages that it refused and that wait in holding. */
  readonly held: number
}

/** One mail a day, whatever happens. */
export const NOTICE_EVERY_MS = 86_400_000

export const GAVE_TLS_UP = 'When mail last went there with encryption is more than 30 days ago.'

/**
 * The default inbox when it is good, else the oldest that is; the sign-in address when none is, unless it is one of those that are not.
 * `signInAddress`: when it is known to be theirs. Undefined: nothing can be sent, so it is only shown.
 */
export const noticeTarget = (inboxes: readonly InboxHealth[], signInAddress: Mailbox | undefined, notices: readonly NoticeFact[]): Mailbox | undefined => {
  const insecure = new Set(notices.filter(({ kind }) => kind === 'insecure').map(({ about }) => about))
  const isGood = ({ address, refusedSince }: InboxHealth): boolean => refusedSince === null && !insecure.has(domainOf(address))
  const good = inboxes.filter((inbox) => inbox.verified && isGood(inbox))
  const inbox = good.find(({ isDefault }) => isDefault) ?? good[0]
  if (inbox) return inbox.address
  if (signInAddress === undefined) return undefined
  const isBad = insecure.has(domainOf(signInAddress)) || inboxes.some(({ address }) => address === signInAddress)
  return isBad ? undefined : signInAddress
}

export const noticeSubject = (notices: readonly NoticeFact[], inboxes: readonly InboxHealth[]): string => {
  const [only, ...others] = notices
  if (!only || others.length > 0) return manyThings(notices)
  switch (only.kind) {
    case 'refused': return isRefusing(only, inboxes) ? `${only.about} refuses mail` : `${only.about} refused mail`
    case 'bounced': return `Mail of ${only.about} came back`
    case 'insecure': return `Mail for ${only.about} waits: no encryption`
    case 'clear': return `Mail for ${only.about} goes without encryption`
    case 'stranger': return `A stranger has ${only.about}`
    case 'wanted': return `Held for ${only.about}: a code?`
    case 'webhook': return `The webhook to ${only.about} is switched off`
  }
}

const manyThings = (notices: readonly NoticeFact[]): string => {
  if (notices.some(({ kind }) => kind === 'webhook')) return 'Your inboxes and webhooks need a look'
  const strangers = notices.filter(({ kind }) => kind === 'stranger').length
  if (strangers === 0) return 'Your inboxes need a look'
  return strangers === notices.length && strangers > 0 ? `Strangers have ${strangers} of your addresses` : 'Your inboxes and addresses need a look'
}

export const noticeText = (notice: NoticeFact, inboxes: readonly InboxHealth[]): string => {
  const { kind, about, detail } = notice
  switch (kind) {
    case 'refused': {
      const { refusedSince = null, held = 0 } = inboxes.find(({ address }) => address === about) ?? {}
      const what = refusedSince
        ? `Your inbox ${about} refuses mail since ${timeOf(refusedSince)}.`
        : `Your inbox ${about} refused mail on ${timeOf(notice.at)}. It takes mail again.`
      const inHolding = held === 1 ? ['1 message that it refused is in holding.'] : [`${held} messages that it refused are in holding.`]
      return [what, `Its server said: ${detail}`, ...(held > 0 ? inHolding : [])].join('\n')
    }
    case 'bounced': return `A message to ${about} came back from one of its inboxes on ${timeOf(notice.at)}.\nIts server said: ${detail}`
    case 'insecure': return `Mail for your inboxes at ${about} waits since ${timeOf(notice.at)}; it is tried for 5 days, then held.\nThe reason: ${detail}`
    case 'stranger': return `${about} got mail from ${detail} on ${timeOf(notice.at)}, whom it was not given to.\nIts page shows who else wrote, and the proof.`
    case 'wanted': return `${about} is burned and got what looks like a code on ${timeOf(notice.at)}: ${detail}`
    case 'webhook': return `Your webhook to ${about} took no call for 5 days and is switched off since ${timeOf(notice.at)}.\n${detail}`
    case 'clear': return `Mail for your inboxes at ${about} is sent without encryption since ${timeOf(notice.at)}.\n${detail}`
  }
}

const isRefusing = ({ about }: NoticeFact, inboxes: readonly InboxHealth[]): boolean =>
  inboxes.some(({ address, refusedSince }) => address === about && refusedSince !== null)

const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
const timeOf = (time: Date): string => `${format.format(time)} UTC`
