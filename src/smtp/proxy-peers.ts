// Who may say, in PROXY protocol version 1, for which client it speaks: the addresses and networks of BURNBOX_PROXY_PROTOCOL.
// smtp-server compares addresses alone; networks are what load balancers have.

import { BlockList, isIP } from 'node:net'

export const proxyPeers = (entries: readonly string[]): ((peer: string | undefined) => boolean) => {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (peer = '') => {
    // An IPv4 peer of a dual-stack socket is written as IPv6.
    const address = peer.replace(/^::ffff:(?=[\d.]+$)/i, '')
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}
