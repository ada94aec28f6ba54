// The name of a delivery, signed, in letters: 14 octets of payload (delivery 8, alias 4, day 2) and a MAC, in base32. No account and no inbox is in it.
import { decodeBase32, encodeBase32 } from './base32.ts'

export type DeliveryName = {
  readonly deliveryId: bigint // 62 bits, random
  readonly aliasId: number // uint32
  readonly day: number // since 1970-01-01, uint16
}
export type Mac = (bytes: Uint8Array) => Uint8Array

const payloadOctets = 14

/** `mac` must give at least as many octets. */
export const signedDelivery = (name: DeliveryName, mac: Mac, macOctets: number): string => {
  const bytes = new Uint8Array(payloadOctets + macOctets)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, name.deliveryId)
  view.setUint32(8, name.aliasId)
  view.setUint16(12, name.day)
  bytes.set(mac(bytes.slice(0, payloadOctets)).subarray(0, macOctets), payloadOctets)
  return encodeBase32(bytes)
}

/** Any case. Undefined: nobody signed it. */
export const readSignedDelivery = (text: string, mac: Mac, macOctets: number): DeliveryName | undefined => {
  const bytes = decodeBase32(text)
  if (bytes?.length !== payloadOctets + macOctets) return undefined
  const payload = bytes.slice(0, payloadOctets)
  if (!isSame(bytes.subarray(payloadOctets), mac(payload).subarray(0, macOctets))) return undefined
  const view = new DataView(payload.buffer)
  return { deliveryId: view.getBigUint64(0), aliasId: view.getUint32(8), day: view.getUint16(12) }
}

/** A day ahead is forgiven: clocks of two hosts. */
export const isOfLastDays = ({ day }: DeliveryName, today: number, days: number): boolean => day <= today + 1 && today - day <= days

// Looks at every octet, so that the time says nothing about the first wrong one.
const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.reduce((difference, octet, index) => difference | (octet ^ (b[index] ?? 0)), 0) === 0
