// Whose request this is: the socket's peer, unless that is a proxy we trust and it says otherwise (RELIABILITY L08).
import { BlockList, isIP } from 'node:net'

export const networks = (entries: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

/** An IPv4 peer of a dual-stack socket is written as IPv6. */
const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address

const contains = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** From the right: each proxy that we trust vouches for the one before it; the first that we don't trust is the client. */
export const clientAddressOf = (peer: string | undefined, forwardedFor: string | null, trusted: BlockList): string => {
  let client = plain(peer ?? '')
  const hops = (forwardedFor ?? '').split(',').map((hop) => plain(hop.trim())).filter(Boolean)
  while (contains(trusted, client)) {
    const before = hops.pop()
    if (before === undefined || isIP(before) === 0) break
    client = before
  }
  return client
}

const loopback = networks(['127.0.0.0/8', '::1'])
export const isLoopback = (address: string): boolean => contains(loopback, plain(address))
