// Is a record published, as the world sees it? What another program may have added (a second MX, an include: of SPF, a stricter DMARC) is no mistake.

import { dnsTags } from '../mail/dns-tags.ts'
import { DnsError, type Resolve } from '../verify/resolver.ts'

/** `value` as in a zone, TXT without its quotes. */
export type RecordValue = { readonly name: string; readonly type: 'MX' | 'TXT'; readonly value: string }

export type Checked = {
  /** Null: the DNS gave no answer. */
  readonly published: boolean | null
  /** What is there of its kind, in the form of `value`. */
  readonly found: readonly string[]
}

export const checkRecord = async (resolve: Resolve, record: RecordValue): Promise<Checked> => {
  try {
    const found = record.type === 'MX' ? await exchangesAt(resolve, record.name) : (await textsAt(resolve, record.name)).filter(ofSameKind(record))
    return { published: isThere(record, found), found }
  } catch (error) {
    if (!(error instanceof DnsError)) throw error
    return { published: error.code === 'ENOTFOUND' || error.code === 'ENODATA' ? false : null, found: [] }
  }
}

const exchangesAt = async (resolve: Resolve, name: string): Promise<readonly string[]> =>
  (await resolve(name, 'MX')).map(({ priority, exchange }) => `${priority} ${exchange}.`)

const textsAt = async (resolve: Resolve, name: string): Promise<readonly string[]> => (await resolve(name, 'TXT')).map((strings) => strings.join(''))

/** Other TXT records of the domain belong to others. At the name of a DKIM key nothing else belongs: a key may lack its version (RFC 6376 §3.6.1). */
const ofSameKind = ({ value }: RecordValue) => (text: string): boolean =>
  kindOf(value) === 'DKIM1' ? true : kindOf(text) === kindOf(value)

const kindOf = (text: string): string | undefined => /^(?:v=(spf1|DMARC1|DKIM1)(?=[\s;]|$)|(burnbox)-verification=)/i.exec(text.trim())?.slice(1).find(Boolean)

const isThere = ({ type, value }: RecordValue, found: readonly string[]): boolean => {
  if (type === 'MX') return found.some((one) => exchangeOf(one) === exchangeOf(value))
  // Another account may have claimed the name, and left its record there.
  if (kindOf(value) === 'burnbox') return found.some((one) => one.trim() === value)
  // RFC 7208 §4.5, RFC 7489 §6.6.3, RFC 6376 §3.6.2.2: of several none counts, or any of them might.
  const [only, ...others] = found
  if (only === undefined || others.length > 0) return false
  switch (kindOf(value)) {
    case 'spf1': return saysAsMuch(only, value)
    case 'DMARC1': return /^(none|quarantine|reject)$/i.test(dnsTags(only).get('p') ?? '')
    default: return ['p', 'k'].every((tag) => (dnsTags(only).get(tag) ?? 'rsa') === dnsTags(value).get(tag))
  }
}

const exchangeOf = (mx: string): string => mx.slice(mx.indexOf(' ') + 1).toLowerCase().replace(/\.$/, '')

/** Each of our terms but the last, `all`; what a provider's include: covers cannot be known without asking on. */
const saysAsMuch = (found: string, ours: string): boolean => {
  const terms = termsOf(found)
  return terms.some((term) => /^(include:|redirect=)/.test(term)) || termsOf(ours).every((term) => term === 'all' || terms.includes(term))
}

const termsOf = (spf: string): readonly string[] =>
  spf.trim().toLowerCase().split(/\s+/).slice(1).map((term) => term.replace(/^\+/, '').replace(/^[-~?](?=all$)/, ''))
