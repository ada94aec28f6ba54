// VERP: the reverse-path of a forward names its delivery, so that a bounce comes back to us alone and finds its message.
// `b.` and 39 letters, 10 octets of them a MAC. 41 octets, so never over the 64 of a local-part.
import { isOfLastDays, readSignedDelivery, signedDelivery, type DeliveryName, type Mac } from './signed-delivery.ts'

const prefix = 'b.'
const macOctets = 10

export const verpLocalPart = (name: DeliveryName, mac: Mac): string => prefix + signedDelivery(name, mac, macOctets)

/** What it names when the signature is right and not older than `maxDays`; any case. */
export const parseVerp = (localPart: string, mac: Mac, today: number, maxDays = 30): DeliveryName | undefined => {
  if (!localPart.toLowerCase().startsWith(prefix)) return undefined
  const name = readSignedDelivery(localPart.slice(prefix.length), mac, macOctets)
  return name && isOfLastDays(name, today, maxDays) ? name : undefined
}
