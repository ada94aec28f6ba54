// The name of a client: that of its PTR record which leads back to its address (RFC 8601 §3, iprev). Rules of spam filters count on it.
import { isIP } from 'node:net'
import { addressOctets } from '../mail/ip-address.ts'
import type { Resolve } from './resolver.ts'

/** RFC 8601 §3 lets us look at some only. */
const MOST_NAMES = 3

/** Undefined: it has none that holds, or the DNS does not say. Never rejects. */
export const hostNameOf = async (ip: string, resolve: Resolve): Promise<string | undefined> => {
  const octets = octetsOf(ip)
  if (!octets) return undefined
  const names = await resolve(reverseName(octets), 'PTR').catch(() => [])
  for (const name of names.slice(0, MOST_NAMES)) {
    const addresses = await resolve(name, octets.length === 4 ? 'A' : 'AAAA').catch(() => [])
    if (addresses.some((address) => octetsOf(address)?.join() === octets.join())) return name.replace(/\.$/, '')
  }
  return undefined
}

const octetsOf = (ip: string): readonly number[] | undefined => addressOctets(isIP(ip) === 6 ? ip.replace(/^::ffff:(?=\d+\.)/i, '') : ip)

/** RFC 1035 §3.5, RFC 3596 §2.5. */
const reverseName = (octets: readonly number[]): string => {
  if (octets.length === 4) return `${octets.toReversed().join('.')}.in-addr.arpa`
  const nibbles = octets.flatMap((octet) => [octet >> 4, octet & 15])
  return `${nibbles.toReversed().map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa`
}
