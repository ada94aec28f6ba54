// The burn link in a forward: made for a delivery, and read again. The sender's own way to unsubscribe goes along in it, signed with it,
// so that the page behind it can offer it and nobody can make that page point elsewhere.

import { burnToken, readBurnToken } from '../mail/burn-token.ts'
import type { DeliveryName } from '../mail/signed-delivery.ts'
import type { BurnButton } from '../policy/burn-fields.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'

const DAY_MS = 86_400_000
const MAC_OCTETS = 16

/** Whose message it was, and how to unsubscribe there. */
export type TheirWay = { readonly organisation: string; readonly uri: string }

/** What its address and its link are made of. */
export type NamedDelivery = { readonly id: bigint; readonly aliasId: number; readonly createdAt: Date }

export const burnButton = (host: Host, delivery: NamedDelivery, organisation: string): BurnButton => {
  const payload = { deliveryId: delivery.id, aliasId: delivery.aliasId, day: Math.floor(delivery.createdAt.getTime() / DAY_MS) }
  const token = burnToken(payload, macOf(host))
  const prefix = `${host.config.url.origin}/burn/`
  return {
    prefix,
    url: (uri) => (uri === undefined ? prefix + token : `${prefix}${token}?their=${sealed(host, token, `${organisation}\n${uri}`)}`),
    mailto: `mailto:u.${token}@${host.domain}?subject=burn`,
    // On a host without a domain it is tried out over http.
    oneClick: host.config.url.protocol === 'https:' || host.config.local,
  }
}

/** Throws for one that is forged, or older than 60 days. */
export const readBurnLink = (host: Host, token: string): DeliveryName => {
  const read = readBurnToken(token, macOf(host), Math.floor(host.clock.now().getTime() / DAY_MS))
  switch (read.kind) {
    case 'good': return read.payload
    case 'expired': throw new Problem('link-used', 'This button is older than 60 days. Burn the address on its page.')
    case 'forged': throw notFound('burn link')
  }
}

export const burnsAlias = (host: Host, aliasId: number, token: string): boolean => {
  const read = readBurnToken(token, macOf(host), Math.floor(host.clock.now().getTime() / DAY_MS))
  return read.kind === 'good' && read.payload.aliasId === aliasId
}

/** Undefined: there was none, or somebody else wrote it. */
export const readTheirWay = (host: Host, token: string, their: string | undefined): TheirWay | undefined => {
  const bytes = Buffer.from(their ?? '', 'base64url')
  const text = bytes.toString('utf8', MAC_OCTETS)
  const [organisation = '', uri = ''] = text.split('\n')
  return bytes.length > MAC_OCTETS && their === sealed(host, token, text) && uri !== '' ? { organisation, uri } : undefined
}

const macOf = (host: Pick<Host, 'keys'>) => (bytes: Uint8Array): Buffer => host.keys.mac('burn-link', bytes)

const sealed = (host: Pick<Host, 'keys'>, token: string, text: string): string =>
  Buffer.concat([host.keys.hash('burn-link', token.toLowerCase(), text).subarray(0, MAC_OCTETS), Buffer.from(text)]).toString('base64url')
