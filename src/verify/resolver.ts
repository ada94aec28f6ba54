// The one resolver of the program: what the DNS says, kept for as long as it says (at most 5 minutes, negative answers too: RFC 2308), each
// question asked once at a time, 2 s a question. Its form is that of node:dns `resolve`, which mailauth takes.
import { getServers } from 'node:dns'
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import type { Answer, DecodedPacket } from 'dns-packet'
import type { Clock } from '../clock.ts'
import { ask, rcodeOf, type DnsServer } from './dns-wire.ts'

export type Mx = { readonly exchange: string; readonly priority: number }

/** Rejects with a DnsError. An empty answer is ENODATA, never an empty list. */
export type Resolve = {
  (name: string, type: 'A' | 'AAAA' | 'CNAME' | 'PTR'): Promise<string[]>
  (name: string, type: 'TXT'): Promise<string[][]>
  (name: string, type: 'MX'): Promise<Mx[]>
  (name: string, type: string): Promise<string[] | string[][] | Mx[]>
}

/** ENOTFOUND: no such name. ENODATA: it has nothing of this type. EBADNAME: no name of the DNS. The others are trouble: ask again later. */
export type DnsErrorCode = 'ENOTFOUND' | 'ENODATA' | 'EBADNAME' | 'ESERVFAIL' | 'ETIMEOUT'

export class DnsError extends Error {
  readonly code: DnsErrorCode

  constructor(code: DnsErrorCode, name: string, type: string) {
    super(`${type} ${name}: ${code}`)
    this.code = code
  }
}

/** An answer like any other: nobody reads the way to it, and to note that costs more than the answer (8 µs). */
const answered = (code: DnsErrorCode, name: string, type: string): DnsError => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = new DnsError(code, name, type)
  Error.stackTraceLimit = stackTraceLimit
  return error
}

export const QUESTION_MS = 2_000
const LONGEST_MS = 300_000
const MOST_NAMES = 10_000
/** RFC 9520 §3.2: a failure is kept as well, at least 1 s, so that a broken domain is not asked for each of its messages. */
const FAILURE_MS = 1_000
/** RFC 2308 §5: without a SOA it may not be cached; a second keeps one message's questions together. */
const NO_SOA_MS = 1_000

const types = ['A', 'AAAA', 'CNAME', 'PTR', 'TXT', 'MX'] as const
type Type = (typeof types)[number]
type Records = string[] | string[][] | Mx[]
type Found = { readonly records: Records | DnsErrorCode; readonly keepMs: number }

/** @param servers as BURNBOX_DNS names them; none: the system's. Time only for the cache; the 2 s are the network's own. */
export const createResolver = (servers: readonly string[], clock: Clock): Resolve => {
  const answers = new Map<string, { readonly records: Records | DnsErrorCode; readonly until: number }>()
  const underWay = new Map<string, Promise<Found>>()
  const plain = plainServers(clock)

  const resolve = async (name: string, type: string): Promise<Records> => {
    const wanted = types.find((one) => one === type)
    const ascii = dnsName(name)
    if (!wanted || ascii === undefined) throw new DnsError('EBADNAME', name, type)
    const key = `${wanted} ${ascii}`
    const known = answers.get(key)
    const records = known && known.until > clock.now().getTime() ? known.records : (await joined(key, ascii, wanted)).records
    if (typeof records === 'string') throw answered(records, ascii, type)
    return copyOf(records)
  }

  const joined = (key: string, name: string, type: Type): Promise<Found> => {
    const running = underWay.get(key)
    if (running) return running
    const question = find(serversOf(servers), plain, name, type).then((found) => {
      keep(key, found)
      return found
    }).finally(() => underWay.delete(key))
    underWay.set(key, question)
    return question
  }

  /** The oldest gives way: a Map remembers the order. */
  const keep = (key: string, { records, keepMs }: Found): void => {
    answers.delete(key)
    if (keepMs <= 0) return
    if (answers.size >= MOST_NAMES) answers.delete(answers.keys().next().value as string)
    answers.set(key, { records, until: clock.now().getTime() + Math.min(keepMs, LONGEST_MS) })
  }

  return resolve as Resolve
}

// Who asks may change what it gets; structuredClone costs ten times as much.
const copyOf = (records: Records): Records => records.map((one) => (typeof one === 'string' ? one : Array.isArray(one) ? [...one] : { ...one })) as Records

/** RFC 1035 §2.3.4. Octets that could be read as another name (a dot or NUL inside a label) do not get in; a blank does: SPF's macro `%_` makes it. */
const dnsName = (name: string): string | undefined => {
  const ascii = (/^[ -~]*$/.test(name) ? name : domainToASCII(name)).replace(/\.$/, '').toLowerCase()
  const good = ascii.length <= 253 && /^[ -[\]-~]+$/.test(ascii) && ascii.split('.').every((label) => label.length >= 1 && label.length <= 63)
  return good ? ascii : undefined
}

const serversOf = (servers: readonly string[]): readonly DnsServer[] => (servers.length > 0 ? servers : getServers()).map((text) => {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? []
  return isIP(text) ? { address: text, port: 53 } : { address: bracketed ?? plain ?? text, port: Number(port ?? 53) }
})

/** The servers that do not take EDNS; so often they are asked again whether they do. */
type PlainServers = { readonly has: (server: DnsServer) => boolean; readonly add: (server: DnsServer) => void }

const plainServers = (clock: Clock): PlainServers => {
  const until = new Map<string, number>()
  const key = ({ address, port }: DnsServer): string => `${address} ${port}`
  return {
    has: (server) => (until.get(key(server)) ?? 0) > clock.now().getTime(),
    add: (server) => void until.set(key(server), clock.now().getTime() + LONGEST_MS),
  }
}

/** Each server in turn, then the first once more without EDNS, which some drop; within 2 s in all. The first that knows ends it. Never rejects. */
const find = async (servers: readonly DnsServer[], plain: PlainServers, name: string, type: Type): Promise<Found> => {
  const inTurn = servers.slice(0, 3)
  const turns = [...inTurn.map((server) => ({ server, edns: !plain.has(server) })), ...inTurn.slice(0, 1).map((server) => ({ server, edns: false }))]
  let failure: DnsErrorCode = 'ESERVFAIL'
  let firstWasSilent = false
  for (const [turn, { server, edns }] of turns.entries()) {
    const timeout = AbortSignal.timeout(Math.floor(QUESTION_MS / turns.length))
    try {
      const said = await ask(server, name, type, edns, timeout)
      if (!said.edns && (edns || firstWasSilent)) plain.add(server)
      const found = readAnswer(said.answer, name, type)
      if (found.records !== 'ESERVFAIL') return found
      failure = 'ESERVFAIL'
    } catch {
      failure = timeout.aborted ? 'ETIMEOUT' : 'ESERVFAIL'
      if (turn === 0 && edns) firstWasSilent = timeout.aborted
    }
  }
  return { records: failure, keepMs: FAILURE_MS }
}

const readAnswer = (packet: DecodedPacket, name: string, type: Type): Found => {
  const rcode = rcodeOf(packet)
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { records: 'ESERVFAIL', keepMs: FAILURE_MS }
  const { records, ttl } = recordsOf(packet.answers ?? [], name, type)
  if (records.length > 0) return { records: records as Records, keepMs: ttl * 1_000 }
  return { records: rcode === 'NXDOMAIN' ? 'ENOTFOUND' : 'ENODATA', keepMs: negativeMs(packet) }
}

/** The records of the name, or of what its CNAMEs lead to; the shortest TTL on the way counts. */
const recordsOf = (answers: readonly Answer[], name: string, type: Type): { readonly records: readonly (string | string[] | Mx)[]; readonly ttl: number } => {
  let owner = name
  let ttl = LONGEST_MS
  for (let hops = 0; hops < 10; hops += 1) {
    const ofOwner = answers.filter((answer) => answer.name.toLowerCase() === owner)
    const wanted = ofOwner.filter((answer) => answer.type === type)
    if (wanted.length > 0) {
      return { records: wanted.flatMap(valueOf), ttl: Math.min(ttl, ...wanted.map(ttlOf)) }
    }
    const alias = ofOwner.find((answer) => answer.type === 'CNAME')
    if (!alias || alias.type !== 'CNAME') break
    ttl = Math.min(ttl, ttlOf(alias))
    owner = alias.data.toLowerCase()
  }
  return { records: [], ttl: 0 }
}

const ttlOf = (answer: Answer): number => ('ttl' in answer && answer.ttl) || 0

const valueOf = (answer: Answer): readonly (string | string[] | Mx)[] => {
  switch (answer.type) {
    case 'A': case 'AAAA': case 'CNAME': case 'PTR': return [answer.data]
    // Octets, as node:dns gives them: what is no UTF-8 is no SPF, DKIM or DMARC record either.
    case 'TXT': return [[answer.data].flat().map((text) => text.toString())]
    case 'MX': return [{ exchange: answer.data.exchange === '.' ? '' : answer.data.exchange, priority: answer.data.preference ?? 0 }]
    default: return []
  }
}

const negativeMs = (packet: DecodedPacket): number => {
  const soa = (packet.authorities ?? []).find((answer) => answer.type === 'SOA')
  return soa?.type === 'SOA' ? Math.min(ttlOf(soa), soa.data.minimum ?? 0) * 1_000 : NO_SOA_MS
}
