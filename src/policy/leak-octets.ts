// Finds in octets that nobody reads as text: in Latin-1 and UTF-8, in UTF-16 of either order, window by window, so that 35 MiB need no long string.
import { Buffer } from 'node:buffer'
import type { Mailbox } from '../mail/address.ts'
import { decodedBy } from '../mail/mapped-text.ts'
import { folding } from '../mail/text-views.ts'
import type { Needle, Needles } from './leak-needles.ts'

export type OctetFind = { readonly what: Needle['what'] | 'metadata'; readonly shown: string }

const WINDOW_OCTETS = 64 * 1024
const OVERLAP_OCTETS = 2 * 1024 // longer than any spelling of an address in UTF-16
// A name of a few letters is in any 30 MB of noise.
const minLoneName = 6

export const findsInOctets = (bytes: Buffer, needles: Needles): OctetFind[] => {
  const finds = new Map<string, OctetFind>()
  for (let at = 0; at < bytes.length; at += WINDOW_OCTETS) {
    const window = bytes.subarray(at, at + WINDOW_OCTETS + OVERLAP_OCTETS)
    for (const text of readingsOf(window, needles.beyondAscii)) {
      for (const find of findsInReading(text, needles)) finds.set(`${find.what} ${find.shown}`, find)
    }
  }
  return [...finds.values()]
}

// Without NULs, what is ASCII in UTF-16 and UTF-32 is plain; two of them end a text. What is not ASCII is no letter of a word here, it is noise.
const readingsOf = (window: Buffer, beyondAscii: boolean): string[] => {
  const latin1 = window.toString('latin1')
  const ascii = latin1.replaceAll(/[\x80-\xff]+/g, ' ')
  const readings = ascii.includes('\0') ? [ascii, ascii.replaceAll('\0', ''), ascii.replaceAll(/\0{2,}/g, ' ').replaceAll('\0', '')] : [ascii]
  if (!beyondAscii || /^[\x00-\x7f]*$/.test(latin1)) return readings
  const even = window.subarray(0, window.length - (window.length % 2))
  const odd = window.subarray(1, window.length - ((window.length + 1) % 2))
  const units = [even, odd].flatMap((half) => [half.toString('utf16le'), swapped(half).toString('utf16le')])
  return [...readings, ...[window.toString('utf8'), latin1, ...units].map((text) => decodedBy(text, folding))]
}

const swapped = (units: Buffer): Buffer => Buffer.from(units).swap16()

const findsInReading = (text: string, needles: Needles): OctetFind[] => {
  const digest = digestIn(text, needles)
  const finds: OctetFind[] = digest === undefined ? [] : [{ what: 'metadata', shown: digest }]
  if (!needles.hint.test(text)) return finds
  for (const { what, shown, inOctets } of needles.all) {
    if (what === 'name' && shown.length < minLoneName) continue
    if (inOctets.test(text)) finds.push({ what, shown })
  }
  return finds
}

/** Octets and hashes of an address, written in hexadecimal. */
export const digestIn = (text: string, needles: Needles): Mailbox | undefined => {
  if (needles.digests.size === 0 || !hexRun.test(text)) return undefined
  const lower = text.toLowerCase()
  for (const [digest, address] of needles.digests) if (lower.includes(digest)) return address
  return undefined
}
const hexRun = /[\da-f]{12}/i
