// A DNS server on loopback, UDP and TCP, that says what a test wrote into it: records with their TTL, failures, silence. It counts what it is asked.
import { AUTHORITATIVE_ANSWER, decode, encode, TRUNCATED_RESPONSE, type Answer, type DecodedPacket, type Packet } from 'dns-packet'
import { onTestFinished } from 'vitest'
import { openDnsSocket } from './dns-socket.ts'

type RecordType = 'A' | 'AAAA' | 'TXT' | 'MX' | 'CNAME' | 'PTR'
/** Several strings are one TXT record of several strings; octets are for a TXT that is no UTF-8. */
type Value = string | Buffer | readonly (string | Buffer)[]

export type Zone = {
  /** `set('shop.example', 'TXT', 'v=spf1 -all')`; several values are several records; none takes them away. The name exists from then on. */
  set(name: string, type: RecordType, ...values: readonly Value[]): void
  /** For this type, or for all: an rcode, or silence. */
  fail(name: string, how: 'SERVFAIL' | 'REFUSED' | 'silence', type?: string): void
}

export type DnsServer = Zone & {
  /** As BURNBOX_DNS takes it. */
  readonly address: string
  /** `TXT shop.example`, in the order asked; a question over TCP is there as well. */
  readonly asked: string[]
  ttl: number
  negativeTtl: number
  /** Asked over UDP it says only that the answer is too long. */
  truncates: boolean
  /** What becomes of a question with EDNS (RFC 6891 §7). 'bare FORMERR': the header alone, as servers from before 1999 say it. */
  edns: 'taken' | 'FORMERR' | 'bare FORMERR' | 'NOTIMP' | 'silence'
  /** Silence is over: the questions that wait are answered. */
  answerNow(): void
}

const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 }

/** `at`: where programs ask that cannot be told a port. */
export async function openDnsServer(at?: { readonly host: string; readonly port: number }): Promise<DnsServer> {
  const records = new Map<string, readonly Answer[]>()
  const names = new Set<string>()
  const failures = new Map<string, 'SERVFAIL' | 'REFUSED' | 'silence'>()
  const waiting: (() => void)[] = []
  const asked: string[] = []

  const server: DnsServer = {
    address: '', asked, ttl: 60, negativeTtl: 60, truncates: false, edns: 'taken',
    set: (name, type, ...values) => {
      names.add(name)
      records.set(`${type} ${name}`, values.map((value) => recordOf(name, type, value)))
    },
    fail: (name, how, type = 'all') => { failures.set(`${type} ${name}`, how) },
    answerNow: () => {
      failures.clear()
      for (const answer of waiting.splice(0)) answer()
    },
  }

  function reply(query: DecodedPacket, overUdp: boolean, send: (packet: Packet) => void): void {
    const question = query.questions![0]!
    const name = question.name.toLowerCase()
    const key = `${question.type} ${name}`
    asked.push(key)
    if (server.edns !== 'taken' && query.additionals?.some(({ type }) => type === 'OPT')) {
      if (server.edns === 'silence') return
      const flags = rcodes[server.edns === 'NOTIMP' ? 'NOTIMP' : 'FORMERR']
      return send({ type: 'response', id: query.id!, questions: server.edns === 'bare FORMERR' ? [] : [question], flags })
    }
    const how = failures.get(key) ?? failures.get(`all ${name}`)
    if (how === 'silence') return void waiting.push(() => reply(query, overUdp, send))
    const alias = records.get(`CNAME ${name}`) ?? []
    const found = [...alias, ...records.get(key) ?? alias.flatMap((one) => records.get(`${question.type} ${(one as { data: string }).data}`) ?? [])]
      .map((record) => ({ ...record, ttl: server.ttl }) as Answer)
    const exists = names.has(name) || [...names].some((one) => one.endsWith(`.${name}`))
    const rcode = how ?? (exists ? 'NOERROR' : 'NXDOMAIN')
    const cutOff = overUdp && server.truncates
    send({
      type: 'response', id: query.id!, questions: [question],
      flags: AUTHORITATIVE_ANSWER | rcodes[rcode] | (cutOff ? TRUNCATED_RESPONSE : 0),
      answers: cutOff || how ? [] : found,
      authorities: found.length > 0 || how ? [] : [soa(server.negativeTtl)],
    })
  }

  const socket = await openDnsSocket((bytes, overUdp, send) => reply(decode(bytes), overUdp, (packet) => send(encode(packet))), at)
  onTestFinished(socket.close)
  return Object.assign(server, { address: socket.address })
}

function recordOf(name: string, type: string, value: Value): Answer {
  if (type === 'MX') {
    const [preference = '10', exchange = ''] = String(value).split(' ')
    return { name, type: 'MX', data: { preference: Number(preference), exchange } }
  }
  return { name, type, data: type === 'TXT' ? [value].flat() : String(value) } as Answer
}

const soa = (ttl: number): Answer => ({
  name: 'example', type: 'SOA', ttl,
  data: { mname: 'ns.example', rname: 'hostmaster.example', serial: 1, refresh: 3600, retry: 600, expire: 86_400, minimum: ttl },
})
