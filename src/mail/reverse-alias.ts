// Reverse aliases, `r.` and 26 letters of a random token of 128 bits, and how a local-part of our domain tells its kind.
import { encodeBase32 } from './base32.ts'
import { isBurnLocalPart } from './burn-token.ts'

export type LocalPartKind = 'alias' | 'reverse-alias' | 'verp'

/** `token` has 16 random octets; too many to guess, so that knowing the address is worth something (K06). */
export const reverseLocalPart = (token: Uint8Array): string => `r.${encodeBase32(token)}`

/** `r.<token>.<secret>`: 16 letters more, for an inbox whose provider signs nothing. Together 45 octets of the 64 that a local-part may have. */
export const withReverseSecret = (localPart: string, secret: Uint8Array): string => `${localPart}.${encodeBase32(secret.subarray(0, 10))}`

/** Lower case, and apart: what finds the correspondent, and the secret behind it, '' for none. */
export const splitReverse = (localPart: string): { readonly base: string; readonly secret: string } => {
  const [kind = '', token = '', ...secret] = localPart.toLowerCase().split('.')
  return { base: `${kind}.${token}`, secret: secret.join('.') }
}

/** Whether we may have made it; what is no such costs no look-up. Any case. */
export const isReverseLocalPart = (localPart: string): boolean => /^r\.[a-z2-7]{26}(?:\.[a-z2-7]{16})?$/i.test(localPart)

export const kindOfLocalPart = (localPart: string): LocalPartKind => {
  switch (localPart.slice(0, 2).toLowerCase()) {
    case 'r.':
      return 'reverse-alias'
    case 'b.':
      return 'verp'
  }
  return isBurnLocalPart(localPart) ? 'verp' : 'alias'
}
