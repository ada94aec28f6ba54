// VERP: the reverse-path of a forward names its delivery, so that a bounce comes back to us alone and finds its message.
// `b.` and 39 letters: 14 octets of payload (delivery 8, alias 4, day 2), 10 of its MAC. 41 octets, so never over the 64 of a local-part.
import { decodeBase32, encodeBase32 } from './base32.ts'

export type VerpPayload = {
  readonly deliveryId: bigint // 62 bits, random
  readonly aliasId: number // uint32
  readonly day: number // since 1970-01-01, uint16
}

const prefix = 'b.'
const payloadOctets = 14
const macOctets = 10

/** `mac` must give at least 10 octets. */
export const verpLocalPart = (payload: VerpPayload, mac: (bytes: Uint8Array) => Uint8Array): string => {
  const bytes = new Uint8Array(payloadOctets + macOctets)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, payload.deliveryId)
  view.setUint32(8, payload.aliasId)
  view.setUint16(12, payload.day)
  bytes.set(mac(bytes.slice(0, payloadOctets)).subarray(0, macOctets), payloadOctets)
  return prefix + encodeBase32(bytes)
}

/** The payload when the signature is right and not older than `maxDays`; any case. A day ahead is forgiven: clocks of two hosts. */
export const parseVerp = (
  localPart: string,
  mac: (bytes: Uint8Array) => Uint8Array,
  today: number,
  maxDays = 30,
): VerpPayload | undefined => {
  if (!localPart.toLowerCase().startsWith(prefix)) return undefined
  const bytes = decodeBase32(localPart.slice(prefix.length))
  if (bytes?.length !== payloadOctets + macOctets) return undefined
  const signed = bytes.slice(0, payloadOctets)
  if (!isSame(bytes.subarray(payloadOctets), mac(signed).subarray(0, macOctets))) return undefined
  const view = new DataView(signed.buffer)
  const payload = { deliveryId: view.getBigUint64(0), aliasId: view.getUint32(8), day: view.getUint16(12) }
  return payload.day <= today + 1 && today - payload.day <= maxDays ? payload : undefined
}

// Looks at every octet, so that the time says nothing about the first wrong one.
const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.reduce((difference, octet, index) => difference | (octet ^ (b[index] ?? 0)), 0) === 0
