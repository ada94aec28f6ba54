// Local-parts that nobody may have: what others expect to reach an operator (RFC 2142), what proves control of a domain to a
// certificate authority, and our own reverse aliases and VERP addresses.

const reserved = new Set([
  'abuse', 'noc', 'security', 'postmaster', 'hostmaster', 'usenet', 'news', 'webmaster', 'www', 'uucp', 'ftp', // RFC 2142 §4, §5
  'info', 'marketing', 'sales', 'support', // RFC 2142 §3
  'admin', 'administrator', 'root', 'ssladmin', 'ssladministrator', 'sslwebmaster', 'sysadmin',
  'mailer-daemon', 'no-reply', 'noreply',
])

export const isReserved = (localPart: string): boolean => {
  const name = localPart.toLowerCase()
  return name.startsWith('r.') || name.startsWith('b.') || reserved.has(name.replace(/\+.*$/, ''))
}
