// ASN.1 as far as octets are cut up in it (X.690): the content of a signed S/MIME message comes in pieces. Names in certificates are plain strings.
import { Buffer } from 'node:buffer'

const maxDepth = 30
const maxValues = 100_000
const octetString = 4
const constructedBit = 0x20
const minContentOctets = 32

/** What OCTET STRINGs hold, those that come in pieces put together; with indefinite lengths as BER writes them. Never throws. */
export const octetStringsOf = (bytes: Buffer): Buffer[] => {
  const found: Buffer[] = []
  let values = 0
  const walk = (start: number, end: number, depth: number, pieces: Buffer[] | undefined): number => {
    let at = start
    while (at + 1 < end && depth < maxDepth && (values += 1) < maxValues) {
      const tag = bytes[at]!
      if (tag === 0 && bytes[at + 1] === 0) return at + 2 // the end of an indefinite length
      if ((tag & 0x1f) === 0x1f) return end // long tags: not in CMS
      const { length, from } = lengthAt(bytes, at + 1)
      const to = length === undefined ? end : Math.min(end, from + length)
      const isOctets = tag === octetString || tag === (octetString | constructedBit) || tag === 0x80 || tag === 0xa0
      if ((tag & constructedBit) === 0) {
        if (isOctets && pieces) pieces.push(bytes.subarray(from, to))
        else if (isOctets && to - from >= minContentOctets) found.push(bytes.subarray(from, to))
        at = to
        continue
      }
      const inside: Buffer[] | undefined = tag === (octetString | constructedBit) ? [] : pieces
      const next = walk(from, to, depth + 1, inside)
      if (inside && inside !== pieces && inside.length > 0) found.push(Buffer.concat(inside))
      at = length === undefined ? next : to
    }
    return at
  }
  walk(0, bytes.length, 0, undefined)
  return found
}

const lengthAt = (bytes: Buffer, at: number): { readonly length: number | undefined; readonly from: number } => {
  const first = bytes[at]!
  if (first < 0x80) return { length: first, from: at + 1 }
  if (first === 0x80) return { length: undefined, from: at + 1 }
  let length = 0
  for (let i = 1; i <= (first & 0x7f); i += 1) length = length * 256 + (bytes[at + i] ?? 0)
  return { length, from: at + 1 + (first & 0x7f) }
}

/** The content type of a CMS message (RFC 5652 §4): an object identifier, by its last octets. */
export const cmsKind = (bytes: Buffer): 'signed' | 'encrypted' | 'compressed' | 'unknown' => {
  const head = bytes.subarray(0, 64)
  if (head.includes(Buffer.from('06092a864886f70d010702', 'hex'))) return 'signed'
  if (head.includes(Buffer.from('06092a864886f70d010703', 'hex')) || head.includes(Buffer.from('060b2a864886f70d0109100117', 'hex'))) return 'encrypted'
  return head.includes(Buffer.from('060b2a864886f70d0109100109', 'hex')) ? 'compressed' : 'unknown'
}
