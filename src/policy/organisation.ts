// Whose a domain is: what somebody registered below a public suffix, private suffixes too, so that a.github.io is not b.github.io.

import { parse } from 'tldts'

/** `mail.shop.co.uk` -> `shop.co.uk`. What is itself a suffix, or an address literal, is nobody's but its own. */
export const organisationOf = (domain: string): string => {
  const have = known.get(domain)
  if (have !== undefined) return have
  const { domain: registered, isIp } = parse(domain, { allowPrivateDomains: true })
  const organisation = isIp ? domain : registered ?? domain
  if (known.size >= mostKnown) known.clear()
  known.set(domain, organisation)
  return organisation
}
// A message asks for that of its author, its signers and its site, most of them again and again.
const known = new Map<string, string>()
const mostKnown = 5_000

/** The domain itself, or one below it that is not somebody else's. */
export const isWithin = (domain: string, name: string): boolean =>
  domain === name || (domain.endsWith(`.${name}`) && organisationOf(domain) === organisationOf(name))
