// Text of a part and back. What can't be written back to the same octets is not written at all: then it may be looked at, not changed.
import { Buffer } from 'node:buffer'
import { decodeBytes } from './encoded-word.ts'

export type DecodedText = { readonly text: string; readonly charset: string }

/** By the declared charset; a byte order mark and UTF-8 that says something else are believed, as browsers do. */
export const decodeText = (declared: string | undefined, bytes: Buffer): DecodedText => {
  const charset = markedBy(bytes) ?? (declared?.trim().toLowerCase() || 'us-ascii')
  if (charset === 'utf-7' || charset === 'unicode-1-1-utf-7') return { text: decodeUtf7(bytes.toString('latin1')), charset: 'utf-7' }
  if (isAsciiLike(charset)) return { text: bytes.toString('utf8'), charset: 'utf-8' }
  if (charset.startsWith('utf-16')) return utf16(charset === 'utf-16' ? orderOf(bytes) : charset, bytes)
  const text = decodeBytes(charset, bytes)
  return text === undefined ? { text: bytes.toString('latin1'), charset: 'latin1' } : { text, charset }
}

const markedBy = (bytes: Buffer): string | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined
}

const isAsciiLike = (charset: string): boolean => charset === 'us-ascii' || charset === 'ascii' || charset === 'utf-8' || charset === 'utf8'

// RFC 2781 §4.3 says big-endian where nothing is said; many programs write little-endian all the same.
const orderOf = (bytes: Buffer): string => bytes[1] === 0 && bytes[0] !== 0 ? 'utf-16le' : 'utf-16be'

const utf16 = (charset: string, bytes: Buffer): DecodedText => {
  const units = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
  return { text: (charset === 'utf-16le' ? units : units.swap16()).toString('utf16le'), charset: charset === 'utf-16le' ? charset : 'utf-16be' }
}

// RFC 2152: `+`, modified base64 of UTF-16, and `-` or any other character.
const decodeUtf7 = (text: string): string => text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, encoded: string) => {
  if (encoded === '') return '+'
  return utf16('utf-16be', Buffer.from(encoded, 'base64')).text
})

/** One piece of the text and what comes instead of it. In the order of the text, not overlapping. */
export type Change = { readonly start: number; readonly end: number; readonly by: string }

export const changedText = (text: string, changes: readonly Change[]): string => {
  let changed = ''
  let at = 0
  for (const { start, end, by } of changes) {
    changed += text.slice(at, start) + by
    at = end
  }
  return changed + text.slice(at)
}

const maxPairs = 50 // each is a walk through the whole text

/** The octets with only the changed pieces different, or undefined. */
export const changeText = (bytes: Buffer, { text, charset }: DecodedText, changes: readonly Change[]): Buffer | undefined => {
  const wanted = changedText(text, changes)
  const encoded = encodeText(charset, wanted)
  // Only when writing what was read gives the same octets is writing the new text safe: invalid octets, marks and shifts would be lost.
  if (encoded && encodeText(charset, text)?.equals(bytes)) return encoded
  const pairs = new Map(changes.map(({ start, end, by }) => [text.slice(start, end), by]))
  if (pairs.size > maxPairs || charset === 'utf-7' || charset.startsWith('utf-16')) return undefined
  if ([...pairs].some((pair) => /[^\x20-\x7e]/.test(pair.join('')))) return undefined
  let raw = bytes.toString('latin1')
  for (const [from, to] of pairs) if (from !== '') raw = raw.replaceAll(from, () => to)
  const changed = Buffer.from(raw, 'latin1')
  return decodeText(charset, changed).text === wanted ? changed : undefined
}

const encodeText = (charset: string, text: string): Buffer | undefined => {
  switch (charset) {
    case 'utf-8': return Buffer.from(text)
    case 'latin1': return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined
    case 'utf-16le': return Buffer.from(text, 'utf16le')
    case 'utf-16be': return Buffer.from(text, 'utf16le').swap16()
    default: return undefined
  }
}
