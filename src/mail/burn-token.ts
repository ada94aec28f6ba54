// The token of the burn button in a forward: names its delivery and alias, signed, for 60 days. In a link, and in a mailto: as `u.<token>`.
// 48 letters of base32: 14 octets of payload (delivery 8, alias 4, day 2), 16 of its MAC. No account, no inbox, no other alias is in it.
import { decodeBase32, encodeBase32 } from './base32.ts'

export type BurnPayload = {
  readonly deliveryId: bigint // 62 bits, random
  readonly aliasId: number // uint32
  readonly day: number // since 1970-01-01, uint16
}

export type ReadBurnToken = { readonly kind: 'good'; readonly payload: BurnPayload } | { readonly kind: 'expired' } | { readonly kind: 'forged' }

const payloadOctets = 14
const macOctets = 16
const maxDays = 60

/** `mac` must give at least 16 octets. */
export const burnToken = (payload: BurnPayload, mac: (bytes: Uint8Array) => Uint8Array): string => {
  const bytes = new Uint8Array(payloadOctets + macOctets)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, payload.deliveryId)
  view.setUint32(8, payload.aliasId)
  view.setUint16(12, payload.day)
  bytes.set(mac(bytes.slice(0, payloadOctets)).subarray(0, macOctets), payloadOctets)
  return encodeBase32(bytes)
}

/** Any case. */
export const readBurnToken = (token: string, mac: (bytes: Uint8Array) => Uint8Array, today: number): ReadBurnToken => {
  const bytes = decodeBase32(token)
  if (bytes?.length !== payloadOctets + macOctets) return { kind: 'forged' }
  const signed = bytes.slice(0, payloadOctets)
  if (!isSame(bytes.subarray(payloadOctets), mac(signed))) return { kind: 'forged' }
  const view = new DataView(signed.buffer)
  const payload = { deliveryId: view.getBigUint64(0), aliasId: view.getUint32(8), day: view.getUint16(12) }
  return payload.day <= today + 1 && today - payload.day <= maxDays ? { kind: 'good', payload } : { kind: 'expired' }
}

/** Nobody has an alias of this form: it is longer than any that is made, and signed. */
export const isBurnLocalPart = (localPart: string): boolean => /^u\.[a-z2-7]{48}$/i.test(localPart)

// Looks at every octet, so that the time says nothing about the first wrong one.
const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.reduce((difference, octet, index) => difference | (octet ^ (b[index] ?? 0)), 0) === 0
