// Reverse aliases, `r.` and 26 letters of a random token of 128 bits, and how a local-part of our domain tells its kind.
import { encodeBase32 } from './base32.ts'

export type LocalPartKind = 'alias' | 'reverse-alias' | 'verp'

/** `token` has 16 random octets; too many to guess, so that knowing the address is worth something (K06). */
export const reverseLocalPart = (token: Uint8Array): string => `r.${encodeBase32(token)}`

export const kindOfLocalPart = (localPart: string): LocalPartKind => {
  switch (localPart.slice(0, 2).toLowerCase()) {
    case 'r.':
      return 'reverse-alias'
    case 'b.':
      return 'verp'
  }
  return 'alias'
}
