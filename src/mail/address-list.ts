// Address lists of the header: RFC 5322 §3.4, one pass, no recursion, linear on hostile input, never throws.
// Strict where two programs could see two addresses: what is not surely one mailbox is `junk`, which no caller may pass on as an address.
import { parseMailbox, withoutSourceRoute, type Mailbox } from './address.ts'
import { decodeEncodedWords, encodePhrase } from './encoded-word.ts'
import { valueOf, type Field } from './header.ts'

export type NamedMailbox = { readonly kind: 'mailbox'; readonly name: string; readonly mailbox: Mailbox }
export type JunkEntry = { readonly kind: 'junk'; readonly text: string }
export type GroupEntry = { readonly kind: 'group'; readonly name: string; readonly members: readonly (NamedMailbox | JunkEntry)[] }
export type AddressEntry = NamedMailbox | GroupEntry | JunkEntry

type TokenKind = 'atom' | 'quoted' | 'literal' | 'comment' | 'blank' | 'at' | 'open' | 'close' | 'broken'
type Token = { readonly kind: TokenKind; readonly text: string }

// A header has 128 KiB at most; beyond this an element is hostile and only its end is looked for.
const maxTokens = 200_000

/** The entries of a field, which is parsed once for all who look at it. */
export const entriesOf = (field: Field): readonly AddressEntry[] => {
  const known = parsed.get(field)
  if (known) return known
  const entries = parseAddressList(valueOf(field))
  parsed.set(field, entries)
  return entries
}
const parsed = new WeakMap<Field, readonly AddressEntry[]>()

/** The entries of an unfolded value. Names are decoded only after the list was split, so that no address comes out of an encoded word. */
export const parseAddressList = (value: string): AddressEntry[] => {
  const entries: AddressEntry[] = []
  let group: { name: string; members: (NamedMailbox | JunkEntry)[] } | undefined
  let tokens: Token[] = []
  let start = 0
  let inAngle = false
  let hasAddress = false // so that a colon behind it begins no group

  const endElement = (end: number): void => {
    const entry = elementOf(tokens, value.slice(start, end))
    if (entry) (group?.members ?? entries).push(entry)
    tokens = []
    inAngle = false
    hasAddress = false
  }
  const endGroup = (): void => {
    if (group) entries.push({ kind: 'group', ...group })
    group = undefined
  }

  for (let at = 0; at < value.length; ) {
    const c = value[at]
    if (c === ',' && !inAngle) {
      endElement(at)
      start = at + 1
    } else if (c === ';' && !inAngle) {
      endElement(at)
      endGroup()
      start = at + 1
    } else if (c === ':' && !inAngle && !group && !hasAddress) {
      group = { name: nameOf(tokens), members: [] }
      tokens = []
      start = at + 1
    } else {
      const end = tokenEnd(value, at)
      if (c === '@' || c === '<') hasAddress = true
      if (c === '<') inAngle = true
      if (c === '>') inAngle = false
      if (tokens.length < maxTokens) tokens.push(tokenOf(value, at, end, inAngle))
      at = end
      continue
    }
    at += 1
  }
  endElement(value.length)
  endGroup()
  return entries
}

const special = /[\s()<>@,;:"[\]]/g

const tokenEnd = (value: string, start: number): number => {
  switch (value[start]) {
    case '"':
      return closing(value, start, '"', undefined)
    case '(':
      return closing(value, start, ')', '(')
    case '[':
      return closing(value, start, ']', undefined)
    case '<': case '>': case '@': case ',': case ';': case ':': case ')': case ']':
      return start + 1
  }
  special.lastIndex = start
  const next = special.exec(value)
  return next === null ? value.length : Math.max(next.index, start + 1)
}

// Behind the closing character; beyond the end (length + 1) when it is missing, so that the caller can tell.
const closing = (value: string, start: number, close: string, open: string | undefined): number => {
  let depth = 0
  for (let at = start + 1; at < value.length; at += 1) {
    const c = value[at]
    if (c === '\\') at += 1
    else if (c === open) depth += 1
    else if (c === close && depth === 0) return at + 1
    else if (c === close) depth -= 1
  }
  return value.length + 1
}

const tokenOf = (value: string, start: number, end: number, inAngle: boolean): Token => {
  const text = value.slice(start, end)
  const c = value[start] ?? ''
  if (end > value.length) return { kind: 'broken', text }
  switch (c) {
    case '"':
      return { kind: 'quoted', text }
    case '(':
      return { kind: 'comment', text }
    case '[':
      return { kind: 'literal', text }
    case '<':
      return { kind: 'open', text }
    case '>':
      return { kind: 'close', text }
    case '@':
      return { kind: 'at', text }
    case ',': case ':':
      return { kind: inAngle ? 'atom' : 'broken', text } // of a source route
    case ';': case ')': case ']':
      return { kind: 'broken', text }
  }
  return { kind: /\s/.test(c) ? 'blank' : 'atom', text }
}

const isAir = (token: Token | undefined): boolean => token?.kind === 'blank' || token?.kind === 'comment'

const elementOf = (tokens: readonly Token[], source: string): NamedMailbox | JunkEntry | undefined => {
  const text = source.trim()
  if (text === '') return undefined
  const junk: JunkEntry = { kind: 'junk', text }
  if (tokens.length >= maxTokens || tokens.some((token) => token.kind === 'broken')) return junk
  const open = tokens.findIndex((token) => token.kind === 'open')
  if (open < 0) {
    const mailbox = addressOf(withoutAir(tokens))
    return mailbox === undefined ? junk : { kind: 'mailbox', name: nameOf(tokens.filter(isAir)), mailbox }
  }
  const close = tokens.findIndex((token) => token.kind === 'close')
  const inside = tokens.slice(open + 1, close)
  const after = tokens.slice(close + 1)
  if (close < open || inside.some((token) => token.kind === 'open') || !after.every(isAir)) return junk
  const mailbox = addressOf(withoutBlanks(inside))
  return mailbox === undefined ? junk : { kind: 'mailbox', name: nameOf(tokens.slice(0, open)) || nameOf(after), mailbox }
}

const trimmed = (tokens: readonly Token[], isOuter: (token: Token | undefined) => boolean): readonly Token[] => {
  let start = 0
  let end = tokens.length
  while (start < end && isOuter(tokens[start])) start += 1
  while (end > start && isOuter(tokens[end - 1])) end -= 1
  return tokens.slice(start, end)
}
const withoutAir = (tokens: readonly Token[]): readonly Token[] => trimmed(tokens, isAir)
const withoutBlanks = (tokens: readonly Token[]): readonly Token[] => trimmed(tokens, (token) => token?.kind === 'blank')

// Blanks and comments inside an addr-spec are obsolete (§4.4) and read differently everywhere: `ceo@victim(x)@evil`. They are no
// characters of a mailbox, so its parser says no.
const addressOf = (tokens: readonly Token[]): Mailbox | undefined =>
  parseMailbox(withoutSourceRoute(tokens.map((token) => token.text).join('')))

// The phrase; where there is none, the last comment: `a@b (Name)`.
const nameOf = (tokens: readonly Token[]): string => {
  const words = tokens.filter((token) => token.kind !== 'comment')
  const phrase = tidy(words.map((token) => (token.kind === 'quoted' ? unquoted(token.text) : token.text)).join(''))
  return phrase || tidy(unquoted(tokens.findLast((token) => token.kind === 'comment')?.text ?? ''))
}

const unquoted = (text: string): string => text.slice(1, -1).replace(/\\(.)/gs, '$1')

const tidy = (text: string): string => decodeEncodedWords(text).replace(/\s+/g, ' ').trim()

/** Every mailbox of a list, groups opened. */
export const mailboxesIn = (entries: readonly AddressEntry[]): NamedMailbox[] =>
  entries.flatMap((entry) => (entry.kind === 'group' ? entry.members : [entry])).filter((entry) => entry.kind === 'mailbox')

/** `"Name" <local@domain>`, or the bare mailbox without a name. */
export const formatMailbox = (name: string, mailbox: Mailbox): string => (name === '' ? mailbox : `${encodePhrase(name)} <${mailbox}>`)
