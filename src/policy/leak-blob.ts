// Finds in the decoded octets of one part or of a file in it. What is packed comes back as `packed`: opening it needs more than looking.
import { isUtf8, type Buffer } from 'node:buffer'
import { cmsKind, octetStringsOf } from '../mail/der.ts'
import { decodeText } from '../mail/charset.ts'
import { armoredBlocks, compressedData, isEncryptedData, packetsOf } from '../mail/openpgp-packets.ts'
import type { TextKind } from '../mail/text-views.ts'
import { decodeUu } from '../mail/transfer-encoding.ts'
import type { Mailbox } from '../mail/address.ts'
import type { Find } from './leak.ts'
import type { Needles } from './leak-needles.ts'
import { findsInOctets } from './leak-octets.ts'
import { hiddenIn, hitsIn } from './leak-text.ts'

export type Packing = 'zip' | 'gzip' | 'zlib' | 'deflate' | 'png' | 'pdf' | 'cms'
export type Packed = { readonly packing: Packing; readonly bytes: Buffer }
export type BlobFind = Pick<Find, 'what' | 'shown'>
export type Blob = {
  readonly finds: readonly BlobFind[]
  readonly packed: readonly Packed[]
  /** Whole messages in it, with their headers. */
  readonly messages: readonly Buffer[]
}

const WINDOW_CHARACTERS = 256 * 1024
const OVERLAP_CHARACTERS = 4 * 1024

export const scanBlob = (bytes: Buffer, needles: Needles, alias: Mailbox): Blob => {
  const finds: BlobFind[] = []
  const packed: Packed[] = []
  const messages: Buffer[] = []
  const look = (octets: Buffer): void => {
    const text = readAsText(octets)
    finds.push(...(text === undefined ? findsInOctets(octets, needles) : findsInText(text, kindOf(text), needles, alias)))
    const packing = packingOf(octets)
    if (packing !== undefined) packed.push({ packing, bytes: octets })
    if (isHeaded(octets)) messages.push(octets)
  }
  look(bytes)
  const text = readAsText(bytes)
  if (text !== undefined) {
    for (const { label, bytes: armored } of armoredBlocks(text)) lookInside(armored, label, finds, look, packed)
    if (/^begin [0-7]{3,4} /m.test(text)) look(decodeUu(text))
  } else lookInside(bytes, '', finds, look, packed)
  return { finds, packed, messages }
}

const findsInText = (text: string, kind: TextKind, needles: Needles, alias: Mailbox): BlobFind[] => {
  const finds: BlobFind[] = []
  for (let at = 0; at < text.length; at += WINDOW_CHARACTERS) {
    const window = text.length <= WINDOW_CHARACTERS ? text : text.slice(at, at + WINDOW_CHARACTERS + OVERLAP_CHARACTERS)
    finds.push(...hitsIn(window, needles, alias, { kind, prose: false }).map(({ needle: { what, shown } }) => ({ what, shown })))
    finds.push(...hiddenIn(window, needles))
  }
  return finds
}

// PGP and S/MIME: what is cut up or packed in them.
const lookInside = (bytes: Buffer, label: string, finds: BlobFind[], look: (octets: Buffer) => void, packed: Packed[]): void => {
  const isKey = label.includes('PUBLIC KEY') || label.includes('PRIVATE KEY')
  const before = finds.length
  if (bytes[0] === 0x30) {
    const kind = cmsKind(bytes)
    if (kind === 'compressed') packed.push({ packing: 'cms', bytes })
    else if (kind !== 'encrypted') for (const octets of octetStringsOf(bytes)) look(octets)
    look(bytes)
  } else if (((bytes[0] ?? 0) & 0x80) !== 0) {
    const packets = packetsOf(bytes) ?? []
    for (const { tag, body } of packets) {
      if (isEncryptedData(tag)) continue
      look(body)
      const algorithm = tag === compressedData ? body[0] : undefined
      if (algorithm === 1 || algorithm === 2) packed.push({ packing: algorithm === 1 ? 'deflate' : 'zlib', bytes: body.subarray(1) })
    }
  } else if (label !== '') look(bytes)
  const what = isKey ? 'key' : label.includes('CERTIFICATE') ? 'certificate' : undefined
  if (what !== undefined) for (let i = before; i < finds.length; i += 1) finds[i] = { what, shown: finds[i]!.shown }
}

const packingOf = (bytes: Buffer): Packing | undefined => {
  const head = bytes.toString('latin1', 0, 8)
  if (/^PK(?:\x03\x04|\x05\x06|\x07\x08)/.test(head)) return 'zip'
  if (head.startsWith('\x1f\x8b\x08')) return 'gzip'
  if (head === '\x89PNG\r\n\x1a\n') return hasPackedText(bytes) ? 'png' : undefined
  return bytes.subarray(0, 1024).includes('%PDF-') ? 'pdf' : undefined
}

// A screenshot's iTXt is not compressed as a rule: then it has been read already.
const hasPackedText = (bytes: Buffer): boolean => {
  const text = bytes.indexOf('iTXt')
  return bytes.includes('zTXt') || (text > 0 && bytes[bytes.indexOf(0, text + 4) + 1] === 1)
}

const isHeaded = (bytes: Buffer): boolean => {
  const head = bytes.toString('latin1', 0, 4096)
  return /^[!-9;-~]{2,60}:[ \t]/.test(head) && /^content-(?:type|transfer-encoding):/im.test(head)
}

const readAsText = (bytes: Buffer): string | undefined => {
  const isMarked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (isMarked) return decodeText('utf-16', bytes).text
  if (bytes.subarray(0, 64 * 1024).includes(0)) return undefined
  if (isUtf8(bytes)) return bytes.toString('utf8')
  return /[\x01-\x08\x0e-\x1a]/.test(bytes.toString('latin1', 0, 4096)) ? undefined : bytes.toString('latin1')
}

const kindOf = (text: string): TextKind => {
  if (/^\s*BEGIN:V/i.test(text)) return 'folded'
  return /<[a-z!?/][^<>]{0,500}>/i.test(text.slice(0, 8192)) ? 'html' : 'plain'
}
