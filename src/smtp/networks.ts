// The networks that the limits of a client's address are counted for.

import { isIP } from 'node:net'
import { unmapped } from '../networks.ts'

/** An IPv4 client is its address; an IPv6 one is its /64, which one customer has whole, and its /48, which a larger one has. */
export const networksOf = (text: string): { readonly nearest: string; readonly widest: string | undefined } => {
  const address = unmapped(text)
  if (isIP(address) !== 6) return { nearest: address, widest: undefined }
  const groups = groupsOf(address)
  return { nearest: `${groups.slice(0, 4).join(':')}::/64`, widest: `${groups.slice(0, 3).join(':')}::/48` }
}

/** The eight groups of RFC 4291 §2.2, without leading zeros. */
const groupsOf = (address: string): readonly string[] => {
  const part = (text: string | undefined): string[] => (text ? text.split(':') : []).flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))
  const [before, after] = address.replace(/%.*$/, '').split('::')
  const [start, end] = [part(before), part(after)]
  const zeros = Array.from({ length: Math.max(0, 8 - start.length - end.length) }, () => '0')
  return [...start, ...zeros, ...end].map((group) => Number.parseInt(group, 16).toString(16))
}
