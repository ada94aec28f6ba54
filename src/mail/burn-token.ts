// The token of the burn button in a forward: names its delivery and alias, signed, for 60 days. In a link, and in a mailto: as `u.<token>`.
// 48 letters of base32, 16 octets of them a MAC.
import { isOfLastDays, readSignedDelivery, signedDelivery, type DeliveryName, type Mac } from './signed-delivery.ts'

export type ReadBurnToken = { readonly kind: 'good'; readonly payload: DeliveryName } | { readonly kind: 'expired' } | { readonly kind: 'forged' }

const macOctets = 16
const maxDays = 60

export const burnToken = (payload: DeliveryName, mac: Mac): string => signedDelivery(payload, mac, macOctets)

/** Any case. */
export const readBurnToken = (token: string, mac: Mac, today: number): ReadBurnToken => {
  const payload = readSignedDelivery(token, mac, macOctets)
  if (!payload) return { kind: 'forged' }
  return isOfLastDays(payload, today, maxDays) ? { kind: 'good', payload } : { kind: 'expired' }
}

/** Nobody has an alias of this form: it is longer than any that is made, and signed. */
export const isBurnLocalPart = (localPart: string): boolean => /^u\.[a-z2-7]{48}$/i.test(localPart)
