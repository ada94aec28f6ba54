// What every format is read into: one alias a row, or why a line is none. Lines are numbered from 1, as an editor shows them.
import { parse } from 'tldts'
import { isDotAtom, localPartOf, lowerCased, parseMailbox, type Mailbox } from '../../mail/address.ts'
import type { AliasState } from '../alias.ts'

export type ImportRow = {
  readonly kind: 'row'
  readonly line: number
  /** Lower case. */
  readonly address: Mailbox
  readonly state: AliasState
  readonly burnedAt: Date | null
  readonly site: string | null
  readonly label: string | null
  readonly note: string | null
  readonly displayName: string | null
  readonly pinned: boolean
  readonly createdAt: Date | null
  readonly lastMessageAt: Date | null
  readonly delivered: number
  readonly held: number
  readonly replied: number
  /** The mailboxes that it led to, the main one first; none: the file does not say. */
  readonly inboxes: readonly Mailbox[]
  /** Of another Burnbox: see store/thread-key. */
  readonly threadKey: string | null
  /** Something that its owner should know although the row was taken. */
  readonly remark: string | null
}
export type Unreadable = { readonly kind: 'unreadable'; readonly line: number; readonly text: string; readonly why: string }
export type ImportLine = ImportRow | Unreadable

/** The file as a whole is not what it was said to be: one sentence for the person who chose it. */
export class NotThisFormat extends Error {}

const mostInboxes = 20
const mostNote = 10_000
const mostLabel = 200
const mostDisplayName = 100
const mostShown = 200
const mostCount = 1_000_000_000
const firstYear = 1990

export const unreadable = (line: number, text: string, why: string): Unreadable => ({ kind: 'unreadable', line, text: oneLine(text, mostShown) ?? '', why })

type Given = Partial<Pick<ImportRow,
  'state' | 'pinned' | 'createdAt' | 'burnedAt' | 'lastMessageAt' | 'delivered' | 'held' | 'replied' | 'inboxes' | 'remark' | 'threadKey'>>
  & { readonly site?: string | null; readonly label?: string | null; readonly note?: string | null; readonly displayName?: string | null }

/** The address is the one thing that a row must have. */
export const row = (line: number, address: string, given: Given = {}): ImportLine => {
  const mailbox = parseMailbox(address.trim())
  if (!mailbox) return unreadable(line, address, address.trim() === '' ? 'There is no address in this line.' : 'This is not an e-mail address.')
  if (!isDotAtom(localPartOf(mailbox))) return unreadable(line, address, 'Addresses here have plain letters, digits, dots and hyphens before the @.')
  const note = paragraph(given.note, mostNote)
  const inboxes = [...new Set(given.inboxes ?? [])]
  return {
    kind: 'row', line, address: lowerCased(mailbox), state: given.state ?? 'active', burnedAt: given.burnedAt ?? null,
    site: given.site ?? siteIn(note), label: oneLine(given.label, mostLabel), note, displayName: oneLine(given.displayName, mostDisplayName),
    pinned: given.pinned ?? false, createdAt: given.createdAt ?? null, lastMessageAt: given.lastMessageAt ?? null,
    delivered: given.delivered ?? 0, held: given.held ?? 0, replied: given.replied ?? 0,
    inboxes: inboxes.slice(0, mostInboxes), threadKey: given.threadKey ?? null,
    remark: given.remark ?? (inboxes.length > mostInboxes ? `Leads to the first ${mostInboxes} of its ${inboxes.length} inboxes.` : null),
  }
}

/** A note that is a host name and nothing else says which company it is. */
const siteIn = (note: string | null): string | null => {
  if (note === null || !/^(?:https?:\/\/)?[a-z0-9-]+(?:\.[a-z0-9-]+)+\/?$/i.test(note)) return null
  const { domain, isIcann } = parse(note)
  return isIcann === true ? domain : null
}

/** For a header or a log: no control characters, no line breaks. */
export const oneLine = (text: string | null | undefined, most: number): string | null =>
  emptyToNull(clipped((text ?? '').toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim(), most))

const paragraph = (text: string | null | undefined, most: number): string | null =>
  emptyToNull(clipped((text ?? '').toWellFormed().replace(/(?![\t\n\r])\p{Cc}+/gu, ' ').trim(), most))

/** Never half of a surrogate pair. */
const clipped = (text: string, most: number): string => text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '')

const emptyToNull = (text: string): string | null => text === '' ? null : text

/** What the formats write: `true`, `1`, `True`; undefined for anything else. */
export const yesOrNo = (value: unknown): boolean | undefined => {
  const text = String(value ?? '').trim().toLowerCase()
  if (['true', '1', 'yes', 'on'].includes(text)) return true
  return ['false', '0', 'no', 'off'].includes(text) ? false : undefined
}

export const count = (value: unknown): number => {
  const number = typeof value === 'number' ? value : /^\d{1,12}$/.test(String(value ?? '').trim()) ? Number(value) : 0
  return Number.isFinite(number) ? Math.min(Math.max(0, Math.trunc(number)), mostCount) : 0
}

/** RFC 3339, and what databases print (`2023-01-31 12:00:00`, in UTC). A year before 1990 or beyond 9999 is a mistake. */
export const time = (value: unknown): Date | null => {
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (!/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return null
  const at = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) || text.length === 10 ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`)
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() < firstYear ? null : at
}

export const mailboxes = (texts: readonly string[]): Mailbox[] => texts.flatMap((text) => {
  const mailbox = parseMailbox(text.trim())
  return mailbox ? [lowerCased(mailbox)] : []
})
