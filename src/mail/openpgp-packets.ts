// OpenPGP as far as octets are cut up or packed in it (RFC 9580 §4.2, §5.6, §6.2): armor, packets, partial lengths. User IDs, signers and notations are
// plain UTF-8 inside of a packet, so that no more of the format needs to be known to find a name in it.
import { Buffer } from 'node:buffer'

export type Packet = { readonly tag: number; readonly body: Buffer }

const maxPackets = 10_000
export const compressedData = 8
/** Encrypted session keys, encrypted data: what is behind them is for the recipient. */
export const isEncryptedData = (tag: number): boolean => tag === 1 || tag === 3 || tag === 9 || tag === 18 || tag === 20

/** Undefined where the octets are no packets. */
export const packetsOf = (bytes: Buffer): Packet[] | undefined => {
  const packets: Packet[] = []
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!
    if ((first & 0x80) === 0 || packets.length >= maxPackets) return packets.length === 0 ? undefined : packets
    const isNew = (first & 0x40) !== 0
    const read = isNew ? newBody(bytes, at + 1) : oldBody(bytes, at + 1, first & 3)
    packets.push({ tag: isNew ? first & 0x3f : (first >> 2) & 15, body: read.body })
    at = read.next
  }
  return packets
}

type Read = { readonly body: Buffer; readonly next: number }

const newBody = (bytes: Buffer, start: number): Read => {
  const pieces: Buffer[] = []
  for (let at = start; ; ) {
    const first = bytes[at] ?? 0
    const isPartial = first >= 224 && first < 255
    const [length, octets] = isPartial ? [1 << (first & 31), 1] : first < 192 ? [first, 1]
      : first < 224 ? [((first - 192) << 8) + (bytes[at + 1] ?? 0) + 192, 2] : [uint(bytes, at + 1, 4), 5]
    const from = at + octets
    pieces.push(bytes.subarray(from, from + length))
    at = from + length
    if (!isPartial || at >= bytes.length) return { body: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), next: at }
  }
}

const oldBody = (bytes: Buffer, at: number, lengthType: number): Read => {
  if (lengthType === 3) return { body: bytes.subarray(at), next: bytes.length }
  const octets = 1 << lengthType
  const from = at + octets
  const next = from + uint(bytes, at, octets)
  return { body: bytes.subarray(from, next), next }
}

const uint = (bytes: Buffer, at: number, octets: number): number => {
  let value = 0
  for (let i = 0; i < octets; i += 1) value = value * 256 + (bytes[at + i] ?? 0)
  return value
}

export type Armored = { readonly label: string; readonly bytes: Buffer }

/** Blocks of `-----BEGIN X-----`, quoted ones too: of PGP, and PEM (RFC 7468). One pass. */
export const armoredBlocks = (text: string): Armored[] => {
  if (!text.includes('-----BEGIN ')) return []
  const blocks: Armored[] = []
  let label: string | undefined
  let lines: string[] = []
  for (const written of text.split('\n')) {
    const line = written.replace(/^[> \t]+/, '').trimEnd()
    const begins = /^-----BEGIN ([A-Z0-9 ]{2,40})-----$/.exec(line)
    if (begins) [label, lines] = [begins[1]!, []]
    else if (label !== undefined && line.startsWith('-----END ')) {
      blocks.push({ label, bytes: Buffer.from(lines.join(''), 'base64') })
      label = undefined
    } else if (label !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(line)) lines.push(line)
  }
  if (label !== undefined) blocks.push({ label, bytes: Buffer.from(lines.join(''), 'base64') })
  return blocks
}
