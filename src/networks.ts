// Addresses and networks as the configuration and both shells have them: which is in a list of them, and which networks one counts for.

import { BlockList, isIP } from 'node:net'
import { addressOctets } from './mail/ip-address.ts'

/** An IPv4 peer of a dual-stack socket is written as IPv6 (RFC 4291 §2.5.5.2). */
export const unmapped = (address: string): string => address.replace(/^::ffff:(?=[\d.]+$)/i, '')

/** What is no address is in no network. */
export const inNetworks = (entries: readonly string[]): ((address: string | undefined) => boolean) => {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (text = '') => {
    const address = unmapped(text)
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/** An IPv4 client is its address; an IPv6 one is its /64, which one customer has whole, and its /48, which a larger one has. */
export const networksOf = (text: string): { readonly nearest: string; readonly widest: string | undefined } => {
  const address = unmapped(text)
  const octets = addressOctets(address.replace(/%.*$/, ''))
  if (octets?.length !== 16) return { nearest: address, widest: undefined }
  const prefix = (groups: number): string =>
    `${Array.from({ length: groups }, (_, n) => (octets[2 * n]! << 8 | octets[2 * n + 1]!).toString(16)).join(':')}::/${groups * 16}`
  return { nearest: prefix(4), widest: prefix(3) }
}

export const isLoopback = inNetworks(['127.0.0.0/8', '::1'])
