// DKIM signatures (RFC 6376), relaxed/relaxed: which fields are signed, the octets that are signed, the text of the field.
// Ed25519: RFC 8463. Nothing is computed with a key here.
import { Buffer } from 'node:buffer'
import type { Field } from './header.ts'

export type Algorithm = 'rsa-sha256' | 'ed25519-sha256'

// Named once more than they are there, so that nobody can add one (RFC 6376 §8.15): what a reader sees and a mail program answers to.
const oversigned: ReadonlySet<string> = new Set(['from', 'reply-to', 'subject', 'to', 'cc'])
const signedWhenThere: ReadonlySet<string> = new Set([
  ...oversigned, 'sender', 'date', 'message-id', 'in-reply-to', 'references', 'mime-version', 'content-type', 'content-transfer-encoding',
  'content-id', 'content-description', 'list-id', 'list-help', 'list-subscribe', 'list-post', 'list-owner', 'list-archive',
  // RFC 8058 §4: one click unsubscribes only where both are signed.
  'list-unsubscribe', 'list-unsubscribe-post', 'auto-submitted', 'autocrypt', 'openpgp',
])

/** What `h=` says, and the canonical fields in its order, each with its CRLF. Latin-1: one character is one octet. */
export type SignedFields = { readonly names: readonly string[]; readonly canonical: string }

/** §5.4.2: of several with one name the last comes first. */
export const signedFields = (fields: readonly Field[]): SignedFields => {
  const signed = fields.filter(({ name }) => signedWhenThere.has(name)).toReversed()
  return {
    names: [...signed.map(({ name }) => name), ...oversigned],
    canonical: signed.map((field) => `${canonicalField(field)}\r\n`).join(''),
  }
}

/** §3.4.2, without the CRLF: the name in lower case, unfolded, blanks made one, none around the colon and at the end. */
export const canonicalField = ({ name, raw }: Field): string => canonical(name, raw.toString('latin1', raw.indexOf(58) + 1))

const canonical = (name: string, value: string): string =>
  `${name}:${value.replace(/[\r\n]/g, '').replace(/[\t ]+/g, ' ').replace(/^ | $/g, '')}`

/** A field that signs: its text without the signature, and what the signature is made of. */
export type Unsigned = { readonly toSign: Buffer; readonly signed: (signature: Buffer) => Buffer }

export type SignatureFacts = {
  readonly algorithm: Algorithm
  readonly domain: string
  readonly selector: string
  readonly at: Date
  readonly fields: SignedFields
  /** Of the canonical body, SHA-256. */
  readonly bodyHash: Buffer
}

export const dkimSignature = (facts: SignatureFacts): Unsigned =>
  unsigned('DKIM-Signature', ['v=1', `a=${facts.algorithm}`, 'c=relaxed/relaxed', ...signatureTags(facts)], facts.fields.canonical)

/** §3.5, the tags that an ARC-Message-Signature has too (RFC 8617 §4.1.2). */
export const signatureTags = ({ domain, selector, at, fields, bodyHash }: SignatureFacts): readonly string[] => [
  `d=${domain}`, `s=${selector}`, `t=${Math.floor(at.getTime() / 1000)}`, `h=${inLines(fields.names, ':', '')}`, `bh=${bodyHash.toString('base64')}`,
]

/** `before`: the canonical octets in front of the field, which signs itself with an empty `b=` and without its CRLF (§3.7). */
export const unsigned = (name: string, tags: readonly string[], before: string): Unsigned => {
  const text = `${inLines(tags, ';', ' ')};\r\n b=`
  return {
    toSign: Buffer.from(before + canonical(name.toLowerCase(), text), 'latin1'),
    signed: (signature) => Buffer.from(`${name}: ${text}${signature.toString('base64').replace(/.{72}(?=.)/g, '$&\r\n ')}\r\n`, 'latin1'),
  }
}

// RFC 5322 §2.1.1. Between two tags, and between two names of h=, blanks may stand, so there it is folded.
const lineOctets = 60
const inLines = (parts: readonly string[], separator: string, gap: string): string => {
  let line = 0
  return parts.map((part, at) => {
    const piece = at < parts.length - 1 ? part + separator : part
    const folds = line > 0 && line + piece.length > lineOctets
    line = folds ? piece.length : line + gap.length + piece.length
    return at === 0 ? piece : `${folds ? '\r\n ' : gap}${piece}`
  }).join('')
}
