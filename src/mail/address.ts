// Mailboxes of the envelope and the header: RFC 5321 §4.1.2 and §4.5.3.1, RFC 6531 (UTF-8 local-parts), UTS 46 (domains).
// Lenient about odd dots in a local-part, because real phones send `a..b@docomo.example`; strict about everything that could be misread.
import { Buffer } from 'node:buffer'

declare const mailboxBrand: unique symbol

/** `local@domain`: the domain is lower-case and made of A-labels, the local-part stands as written, quoted only where it must be. */
export type Mailbox = string & { readonly [mailboxBrand]: true }

export type ReversePath = { readonly kind: 'null' } | { readonly kind: 'mailbox'; readonly mailbox: Mailbox }

// RFC 5321 §4.5.3.1: 64 octets, and a path of 256 with its angle brackets; RFC 1035 §2.3.4: a name of 255 on the wire is 253 as text.
const maxLocalPartOctets = 64
const maxDomainOctets = 253
const maxMailboxOctets = 254
// No spelling of an allowed address is longer: each character of the local-part quoted, each of the domain of four octets.
const maxSpelledLength = 1500

const atext = String.raw`[^\p{Cc}\p{Z}\p{Cs}()<>@,;:\\"[\]]`
const looseLocalPart = new RegExp(`^${atext}+$`, 'u')
const quotedPrefix = /^"((?:[^\p{Cc}\p{Cs}"\\]|\\[^\p{Cc}\p{Cs}])*)"@/u
const domainText = /^[^\p{Cc}\p{Z}\p{Cs}!-,/:-@[-^`{-~]+$/u
const plainDomain = /^[\w.-]+$/
const label = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/

/** The canonical mailbox, or undefined for whatever is none. `text` has no angle brackets. */
export const parseMailbox = (text: string): Mailbox | undefined => {
  if (text.length > maxSpelledLength) return undefined
  const quoted = text.startsWith('"') ? quotedPrefix.exec(text) : null
  if (text.startsWith('"') && !quoted) return undefined
  const at = quoted ? quoted[0].length - 1 : text.indexOf('@')
  if (at < 0) return undefined
  const localPart = quoted ? requoted(quoted[1] ?? '') : text.slice(0, at)
  if (!quoted && !looseLocalPart.test(localPart)) return undefined
  const domain = parseDomain(text.slice(at + 1))
  if (domain === undefined || Buffer.byteLength(localPart) > maxLocalPartOctets) return undefined
  const mailbox = `${localPart}@${domain}`
  return Buffer.byteLength(mailbox) > maxMailboxOctets ? undefined : (mailbox as Mailbox)
}

// `"shop"@x` and `shop@x` are one mailbox (§4.1.2: quote only what needs it), so that one spelling is compared, hashed and looked up.
const requoted = (content: string): string => {
  const plain = content.replace(/\\(.)/gu, '$1')
  return looseLocalPart.test(plain) && !/^\.|\.\.|\.$/.test(plain) ? plain : `"${plain.replace(/["\\]/g, '\\$&')}"`
}

/** A domain as lower-case A-labels, or an address literal; one trailing dot is forgiven. */
export const parseDomain = (text: string): string | undefined => {
  if (text.startsWith('[')) return parseLiteral(text)
  if (text.length > maxSpelledLength || !domainText.test(text)) return undefined
  const ascii = plainDomain.test(text) && !/xn--/i.test(text) ? text.toLowerCase() : toALabels(text)
  const domain = ascii?.endsWith('.') ? ascii.slice(0, -1) : ascii
  if (domain === undefined || domain.length > maxDomainOctets) return undefined
  return domain.split('.').every((part) => part.length <= 63 && label.test(part)) ? domain : undefined
}

const parseLiteral = (text: string): string | undefined => {
  const v4 = /^\[(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\]$/.exec(text)
  if (v4) return v4.slice(1).every((part) => Number(part) < 256) ? `[${v4.slice(1).map(Number).join('.')}]` : undefined
  const v6 = /^\[ipv6:([0-9a-f:.]{2,45})\]$/i.exec(text)
  const host = v6 && hostOf(`[${v6[1]}]`)
  return host ? `[IPv6:${host.slice(1, -1)}]` : undefined
}

// The URL standard's host parser is the one UTS 46 implementation among the globals. It also reads `0x7f.1` as an IPv4
// address, which `domainText` lets through only with a letter beyond ASCII or an A-label in it; such a result is no domain.
const toALabels = (text: string): string | undefined => {
  const host = hostOf(text)
  return host === undefined || /^[\d.]+$/.test(host) ? undefined : host
}

const hostOf = (text: string): string | undefined => URL.parse(`http://${text}/`)?.hostname

export const localPartOf = (mailbox: Mailbox): string => mailbox.slice(0, mailbox.lastIndexOf('@'))

export const domainOf = (mailbox: Mailbox): string => mailbox.slice(mailbox.lastIndexOf('@') + 1)

/** For comparing and looking up. The two letters that lower-case into ASCII stay: a Kelvin sign must not become a k. */
export const lowerCased = (mailbox: Mailbox): Mailbox => (isLowerAscii.test(mailbox) ? mailbox :
  `${localPartOf(mailbox).replace(/[^\u0130\u212a]+/g, (part) => part.toLowerCase())}@${domainOf(mailbox)}` as Mailbox)
const isLowerAscii = /^[!-@[-~]+$/

/** RFC 5321 Dot-string in ASCII: what our own local-parts are made of. */
export const isDotAtom = (localPart: string): boolean => dotAtom.test(localPart)

/** RFC 5321 Appendix C: `@h1,@h2:u@d` means `u@d`. Anything else comes back as it is. */
export const withoutSourceRoute = (path: string): string =>
  path.startsWith('@') ? path.replace(/^@(?:\[[^\]\s]*\]|[^\s[\]:,@<>"]+)(?:,@(?:\[[^\]\s]*\]|[^\s[\]:,@<>"]+))*:/, '') : path

/** The argument of MAIL FROM without its angle brackets; '' is the null reverse-path (§4.5.5). */
export const parseReversePath = (text: string): ReversePath | undefined => {
  if (text === '') return { kind: 'null' }
  const mailbox = parseMailbox(withoutSourceRoute(text))
  return mailbox === undefined ? undefined : { kind: 'mailbox', mailbox }
}
