// Whose request this is: the socket's peer, unless that is a proxy we trust and it says otherwise (RELIABILITY L08).
import { isIP } from 'node:net'
import { unmapped } from '../networks.ts'

/** For the sign-in library, which reads it from here. Set on every request, so that what a client sends under this name never counts. */
export const clientAddressHeader = 'x-burnbox-client'

export const withClientAddress = (headers: Headers, address: string): Headers => {
  const all = new Headers(headers)
  all.set(clientAddressHeader, address)
  return all
}

/** From the right: each proxy that we trust vouches for the one before it; the first that we don't trust is the client. */
export const clientAddressOf = (peer: string | undefined, forwardedFor: string | null, isTrusted: (address: string) => boolean): string => {
  let client = unmapped(peer ?? '')
  const hops = (forwardedFor ?? '').split(',').map((hop) => unmapped(hop.trim())).filter(Boolean)
  while (isTrusted(client)) {
    const before = hops.pop()
    if (before === undefined || isIP(before) === 0) break
    client = before
  }
  return client
}
