// ARC sets (RFC 8617): what a forwarder found out about a message, sealed before it changed the message.
import { signatureTags, unsigned, canonicalField, type SignatureFacts, type Unsigned } from './dkim.ts'
import { formatField, valueOf, type Field } from './header.ts'

/** §4.2.1 */
const maxInstance = 50
// In the order in which a seal covers them (§5.1.1).
const kinds = ['arc-authentication-results', 'arc-message-signature', 'arc-seal'] as const

export type ArcSet = {
  readonly results: Field
  readonly messageSignature: Unsigned
  /** With the message signature, once it has its `b=`. */
  readonly seal: (messageSignature: Field) => Unsigned
}

/**
 * The set that follows those of `fields`. Undefined where none can follow: 50 of them, one that is not whole, or sets of which nobody knows
 * that they validate.
 * @param known.chain what was found of the sets that are there
 * @param known.authenticationResults as in an Authentication-Results field, with the authserv-id
 */
export const nextArcSet = (
  fields: readonly Field[], known: { readonly chain: 'none' | 'pass'; readonly authenticationResults: string }, facts: SignatureFacts,
): ArcSet | undefined => {
  const chain = chainOf(fields)
  if (!chain || (chain.length === 0) !== (known.chain === 'none')) return undefined
  const instance = chain.length / kinds.length + 1
  if (instance > maxInstance) return undefined
  const { algorithm, domain, selector, at } = facts
  const results = formatField('ARC-Authentication-Results', `i=${instance}; ${known.authenticationResults}`)
  const resultsField: Field = { name: 'arc-authentication-results', raw: results }
  const before = [...chain, resultsField]
  return {
    results: resultsField,
    messageSignature: unsigned(
      'ARC-Message-Signature', [`i=${instance}`, `a=${algorithm}`, 'c=relaxed/relaxed', ...signatureTags(facts)], facts.fields.canonical,
    ),
    seal: (messageSignature) => unsigned('ARC-Seal', [
      `i=${instance}`, `a=${algorithm}`, `t=${Math.floor(at.getTime() / 1000)}`, `cv=${instance === 1 ? 'none' : 'pass'}`, `d=${domain}`, `s=${selector}`,
    ], [...before, messageSignature].map((field) => `${canonicalField(field)}\r\n`).join('')),
  }
}

/** The sets in the order in which a seal covers them; undefined unless each of 1 to n is there once and whole. */
const chainOf = (fields: readonly Field[]): readonly Field[] | undefined => {
  const byKind = kinds.map((kind) => fields.filter(({ name }) => name === kind).map((field) => ({ field, instance: instanceOf(field) }))
    .toSorted((a, b) => a.instance - b.instance))
  const [length] = byKind.map((all) => all.length)
  if (length === undefined || byKind.some((all) => all.length !== length || all.some(({ instance }, at) => instance !== at + 1))) return undefined
  return Array.from({ length }, (_, at) => byKind.map((all) => all[at]!.field)).flat()
}

const instanceOf = (field: Field): number => Number(/(?:^|;)\s*i\s*=\s*(\d{1,2})\s*(?:;|$)/i.exec(valueOf(field))?.[1] ?? NaN)
