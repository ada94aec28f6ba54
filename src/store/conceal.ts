// Names that leave the house and come back: unreadable octets, 12 longer than what they hold, the same for the same ones under one key
// (a synthetic IV, as in RFC 5297).
import { createCipheriv, timingSafeEqual, type KeyObject } from 'node:crypto'

/** Of 96 bits: nobody guesses one, and it takes 2^48 names until two are alike. */
const TAG_OCTETS = 12

type Under = {
  /** 32 octets of a MAC, of which the first are used. */
  readonly tagOf: (bytes: Uint8Array) => Buffer
  readonly cipherKey: KeyObject
}

export const conceal = (under: Under, bytes: Uint8Array): Buffer => {
  const tag = under.tagOf(bytes).subarray(0, TAG_OCTETS)
  return Buffer.concat([tag, stream(under, tag).update(bytes)])
}

/** Undefined for what `conceal` did not make under this key. */
export const reveal = (under: Under, concealed: Uint8Array): Buffer | undefined => {
  if (concealed.length < TAG_OCTETS) return undefined
  const tag = concealed.subarray(0, TAG_OCTETS)
  const bytes = stream(under, tag).update(concealed.subarray(TAG_OCTETS))
  return timingSafeEqual(tag, under.tagOf(bytes).subarray(0, TAG_OCTETS)) ? bytes : undefined
}

const stream = ({ cipherKey }: Under, tag: Uint8Array) => createCipheriv('aes-256-ctr', cipherKey, Buffer.concat([tag, Buffer.alloc(16 - TAG_OCTETS)]))
