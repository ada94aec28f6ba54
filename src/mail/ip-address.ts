// IP addresses as octets, and which of them are hosts of the public Internet (IANA's special-purpose registries, RFC 6890).

/** 4 or 16 octets; undefined: not an address in its plain written form. */
export const addressOctets = (text: string): readonly number[] | undefined => (text.includes(':') ? octetsOf6(text) : octetsOf4(text))

const octetsOf4 = (text: string): readonly number[] | undefined => {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined
  const octets = text.split('.').map(Number)
  return octets.every((octet) => octet <= 255) ? octets : undefined
}

const octetsOf6 = (text: string): readonly number[] | undefined => {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(octetsOfGroups)
  if (!head) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  if (!tail || head.length + tail.length > 14) return undefined
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail]
}

const octetsOfGroups = (text: string): readonly number[] | undefined => {
  if (text === '') return []
  const octets: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const last4 = index === groups.length - 1 && group.includes('.') ? octetsOf4(group) : undefined
    if (last4) octets.push(...last4)
    else if (/^[0-9a-f]{1,4}$/i.test(group)) octets.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255)
    else return undefined
  }
  return octets
}

const notPublic4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24',
  '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
]
/** Only 2000::/3 is given out, so that loopback, link-local, multicast, v4-mapped and NAT64 (64:ff9b::/96) need no line here. */
const given6 = '2000::/3'
const notPublic6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const matcher = (prefix: string): ((octets: readonly number[]) => boolean) => {
  const [address = '', length = '0'] = prefix.split('/')
  const wanted = addressOctets(address) ?? []
  return (octets) => octets.length === wanted.length && wanted.every((octet, index) => {
    const bits = Math.max(0, Math.min(8, Number(length) - index * 8))
    return (octet ^ (octets[index] ?? 0)) >> (8 - bits) === 0
  })
}

const isNotPublic = [...notPublic4, ...notPublic6].map(matcher)
const isGiven6 = matcher(given6)

/** False for loopback, private, link-local, multicast, documentation, translated and every other special address, and for what is none (case H04). */
export const isPublicAddress = (text: string): boolean => {
  const octets = addressOctets(text)
  if (!octets || (octets.length === 16 && !isGiven6(octets))) return false
  return !isNotPublic.some((matches) => matches(octets))
}
