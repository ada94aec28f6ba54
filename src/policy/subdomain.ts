// `anna` of anna.burn.example: a domain that an account has below the host's. Its mail is signed by the host, and needs no record but an MX.

/** What other services of the host may be called, or what a reader takes for the host itself. */
const reserved = new Set([
  'abuse', 'account', 'accounts', 'admin', 'administrator', 'api', 'app', 'auth', 'autoconfig', 'autodiscover', 'blog', 'bounce', 'bounces', 'burn',
  'burnbox', 'cdn', 'dns', 'docs', 'email', 'ftp', 'git', 'help', 'host', 'hostmaster', 'imap', 'info', 'localhost', 'login', 'mail', 'mailer', 'mta',
  'mta-sts',
  'mx', 'news', 'noc', 'noreply', 'no-reply', 'openpgpkey', 'operator', 'pop', 'pop3', 'postmaster', 'relay', 'root', 'security', 'signin', 'smtp', 'ssl',
  'static', 'status', 'submission', 'support', 'sysadmin', 'test', 'web', 'webmail', 'webmaster', 'wpad', 'www',
])

export type SubdomainLabel = { readonly kind: 'ok' } | { readonly kind: 'refused'; readonly why: string }

/** One label: what is deeper is no subdomain of an account. */
export const isSubdomainOf = (hostDomain: string, name: string): boolean =>
  name.endsWith(`.${hostDomain}`) && !name.slice(0, -hostDomain.length - 1).includes('.')

/** The host's own domain, or one below it. */
export const isOfHost = (hostDomain: string, name: string): boolean => name === hostDomain || isSubdomainOf(hostDomain, name)

/** @param taken names of the host itself, its web page's say */
export const checkSubdomain = (hostDomain: string, name: string, taken: readonly string[]): SubdomainLabel => {
  const label = name.slice(0, -hostDomain.length - 1)
  const refused = (why: string): SubdomainLabel => ({ kind: 'refused', why })
  // An A-label may look like somebody else's name.
  if (!/^[a-z0-9](?:[a-z0-9]|-(?!-)){1,38}[a-z0-9]$/.test(label)) return refused('Use 3 to 40 letters a to z, digits and single hyphens before the dot.')
  return reserved.has(label) || /^(?:ns|mx|mail|smtp|www)\d+$/.test(label) || taken.includes(name)
    ? refused(`“${label}” is reserved; choose another name.`) : { kind: 'ok' }
}
