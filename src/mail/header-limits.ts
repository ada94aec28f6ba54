// The sizes a header section may have, checked before any library sees it: mailauth needs 14.7 s for 256 KB of folds.
import type { Buffer } from 'node:buffer'
import { endOfFields } from './header.ts'

export const maxHeaderOctets = 128 * 1024
export const maxHeaderLines = 2000
export const maxLineOctets = 64 * 1024

export type HeaderViolation = 'too-many-octets' | 'too-many-lines' | 'line-too-long'

/** Looks at a content, or at its beginning when that is longer than `maxHeaderOctets` + 2. */
export const headerViolation = (content: Buffer): HeaderViolation | undefined => {
  const header = content.subarray(0, endOfFields(content.subarray(0, maxHeaderOctets + 2)))
  let lines = 0
  for (let start = 0; start < header.length; lines += 1) {
    const end = header.indexOf(10, start)
    const next = end < 0 ? header.length : end + 1
    if (next - start > maxLineOctets) return 'line-too-long'
    start = next
  }
  if (lines > maxHeaderLines) return 'too-many-lines'
  return header.length > maxHeaderOctets ? 'too-many-octets' : undefined
}
