// From what a person types or pastes to the domain that a company registered (public suffix list).
import { parse } from 'tldts'

/** `https://www.shop.co.uk/x` or `shop.co.uk` -> `shop.co.uk`, as A-labels; undefined for what names no company. */
export const registrableDomain = (siteOrUrl: string): string | undefined => {
  const text = siteOrUrl.trim()
  if (text === '' || text.length > 4000 || /\s/.test(text)) return undefined
  const host = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  if (host === null || !/^https?:$/.test(host.protocol)) return undefined
  const name = host.hostname.replace(/\.$/, '')
  const own = parse(name, { allowPrivateDomains: true })
  // A private suffix itself (github.io) is somebody's site too.
  return own.domain ?? parse(name).domain ?? undefined
}
