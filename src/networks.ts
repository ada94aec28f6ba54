// Whether an address is in a list of addresses and networks, as the configuration and both shells have them.

import { BlockList, isIP } from 'node:net'

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

export const isLoopback = inNetworks(['127.0.0.0/8', '::1'])
