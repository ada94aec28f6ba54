// Finds in header fields: as they stand, unfolded, with their encoded words decoded and their parameters put together.
import { Buffer } from 'node:buffer'
import { changedText } from '../mail/charset.ts'
import { decodeEncodedWords, encodeWords } from '../mail/encoded-word.ts'
import { formatField, nameAsWritten, parseFields, valueOf, type Field } from '../mail/header.ts'
import { parseStructured } from '../mail/mime-parameters.ts'
import type { Needle, Needles } from './leak-needles.ts'
import { digestIn } from './leak-octets.ts'
import { burnTokensIn, hitsIn, inOrder, reverseAliasesIn, type Names } from './leak-text.ts'

export type FieldFind = { readonly what: Needle['what'] | 'metadata'; readonly shown: string; readonly field: string }
export type ScannedHeader = { readonly finds: readonly FieldFind[]; readonly header: Buffer }

const unstructured = new Set(['subject', 'comments', 'keywords', 'content-description'])

/** `header` without the empty line; it comes back with its addresses changed, the same octets where there were none. */
export const scanHeader = (header: Buffer, needles: Needles, names: Names): ScannedHeader => {
  const finds: FieldFind[] = []
  const fields = parseFields(header).map((field) => {
    const clean = scanField(field, needles, names)
    finds.push(...clean.finds)
    return clean.raw
  })
  return { finds, header: Buffer.concat(fields) }
}

const scanField = (field: Field, needles: Needles, names: Names): { readonly finds: readonly FieldFind[]; readonly raw: Buffer } => {
  const asText = rewritten(field, needles, names)
  const left = findsIn(asText, needles, names)
  if (left.length === 0 || !unstructured.has(field.name)) return { finds: left, raw: asText.raw }
  const value = withoutAddresses(decodeEncodedWords(valueOf(asText)), needles, names, field.name === 'subject')
  const raw = formatField(nameAsWritten(field), /^[\x20-\x7e]*$/.test(value) ? value : encodeWords(value))
  return { finds: findsIn({ name: field.name, raw }, needles, names), raw }
}

const kind = 'folded'

const withoutAddresses = (text: string, needles: Needles, names: Names, prose: boolean): string => {
  const changes = hitsIn(text, needles, names.alias, { kind, prose }).filter(({ needle }) => needle.what === 'address').flatMap((hit) => hit.changes)
  const all = inOrder([...reverseAliasesIn(text, names, { kind, prose }), ...burnTokensIn(text, { kind, prose }), ...changes])
  return all.length === 0 ? text : changedText(text, all)
}

const rewritten = (field: Field, needles: Needles, names: Names): Field => {
  const text = field.raw.toString('utf8')
  const wanted = withoutAddresses(text, needles, names, false)
  return wanted === text || !Buffer.from(text).equals(field.raw) ? field : { name: field.name, raw: Buffer.from(wanted) }
}

const findsIn = (field: Field, needles: Needles, { alias }: Names): FieldFind[] => {
  const prose = field.name === 'subject'
  const finds = new Map<string, FieldFind>()
  for (const text of readingsOf(field)) {
    const digest = digestIn(text, needles)
    if (digest !== undefined) finds.set('digest', { what: 'metadata', shown: digest, field: field.name })
    for (const { needle: { what, shown } } of hitsIn(text, needles, alias, { kind, prose })) finds.set(`${what} ${shown}`, { what, shown, field: field.name })
  }
  return [...finds.values()]
}

const readingsOf = (field: Field): Set<string> => {
  const texts = new Set([field.raw.toString('utf8'), valueOf(field)])
  const value = valueOf(field)
  if (value.includes('=?')) texts.add(decodeEncodedWords(value)).add(decodeEncodedWords(value.replaceAll(/["']/g, ' ')))
  if (field.name.startsWith('content-') && value.includes(';')) for (const parameter of parseStructured(value).parameters.values()) texts.add(parameter)
  if (field.raw.some((octet) => octet > 127)) texts.add(field.raw.toString('latin1'))
  return texts
}
