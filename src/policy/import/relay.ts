// Firefox Relay has no export of its own: what people have is the answer of its API (/api/v1/relayaddresses/ and /domainaddresses/: fields in
// api/serializers/emails.py of mozilla/fx-private-relay), the same as a table, or the addresses alone.
import { registrableDomain } from '../site.ts'
import { jsonOf, listOf, objectOf } from './json.ts'
import { plainText } from './plain-text.ts'
import { count, NotThisFormat, row, time, unreadable, yesOrNo, type ImportLine } from './row.ts'
import { csvTable } from './table.ts'

export const relayList = (text: string): readonly ImportLine[] => {
  if (/^\ufeff?\s*[[{]/.test(text)) return fromJson(text)
  const head = text.slice(0, 10_000).split(/\r\n|\r|\n/, 1)[0]!.toLowerCase()
  return /[,;\t]/.test(head) && !head.includes('@') ? fromTable(text) : plainText(text)
}

const fromJson = (text: string): readonly ImportLine[] => {
  const masks = listOf(jsonOf(text))
  if (!masks) throw new NotThisFormat('The masks of Firefox Relay as JSON are a list.')
  return masks.map((value, place) => {
    const mask = objectOf(value)
    if (!mask) return unreadable(place + 1, JSON.stringify(value), 'This entry is not a mask.')
    return maskOf(place + 1, (name) => mask[name] === null || typeof mask[name] === 'object' ? undefined : String(mask[name] ?? ''))
  })
}

const addressNames = ['full_address', 'email', 'mask', 'email mask', 'address'] as const

const fromTable = (text: string): readonly ImportLine[] => {
  const { names, records } = csvTable(text)
  const name = addressNames.find((one) => names.has(one))
  if (name === undefined) throw new NotThisFormat('A table of Firefox Relay has a column full_address.')
  return records.map(({ line, get }) => maskOf(line, (wanted) => get(wanted === 'full_address' ? name : wanted)))
}

const maskOf = (line: number, get: (name: string) => string | undefined): ImportLine => row(line, get('full_address') ?? '', {
  // A mask that is off takes mail and drops it.
  state: yesOrNo(get('enabled')) === false ? 'burned' : 'active',
  site: companyOf(get('generated_for')), note: get('description') ?? null, createdAt: time(get('created_at')),
  lastMessageAt: time(get('last_used_at')), delivered: count(get('num_forwarded')), held: count(get('num_blocked')), replied: count(get('num_replied')),
})

const companyOf = (generatedFor: string | undefined): string | null => registrableDomain(generatedFor ?? '') ?? null
