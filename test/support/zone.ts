// A DNS server on loopback that says what the test says. What no test named does not exist.
//   const zone = await openZone({ 'home.example MX': [[10, 'mx1.home.example']], 'mx1.home.example A': ['127.0.0.2'], 'bad.example MX': 'SERVFAIL' })
import { decode, encode, type Answer, type Packet } from 'dns-packet'
import { openDnsSocket } from './dns-socket.ts'

/** 'silent': no answer at all. */
export type Records = readonly (string | readonly [priority: number, exchange: string])[] | 'SERVFAIL' | 'REFUSED' | 'silent'
export type Zone = AsyncDisposable & {
  /** As BURNBOX_DNS takes it. */
  readonly server: string
  readonly set: (question: string, records: Records) => void
  /** `name TYPE`, in the order of asking. */
  readonly asked: readonly string[]
}

const codes = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 } as const

export async function openZone(records: Readonly<Record<string, Records>>): Promise<Zone> {
  const zone = new Map(Object.entries(records))
  const asked: string[] = []
  const socket = await openDnsSocket((bytes, _overUdp, send) => {
    const query = decode(bytes)
    const [question] = query.questions ?? []
    if (!question) return
    const name = question.name.toLowerCase()
    asked.push(`${name} ${question.type}`)
    const found = zone.get(`${name} ${question.type}`)
    if (found === 'silent') return
    const isKnown = [...zone.keys()].some((key) => key.startsWith(`${name} `))
    const rcode = typeof found === 'string' ? codes[found] : isKnown ? 0 : codes.NXDOMAIN
    const answers = typeof found === 'string' ? [] : (found ?? []).map((record) => ({
      name: question.name, type: question.type, ttl: 0,
      data: typeof record === 'string' ? (question.type === 'TXT' ? [record] : record) : { preference: record[0], exchange: record[1] },
    } as Answer))
    const reply: Packet = { type: 'response', id: query.id ?? 0, flags: 0x180 | rcode, questions: [question], answers }
    send(encode(reply))
  })
  return {
    server: socket.address,
    set: (question, found) => void zone.set(question, found),
    asked,
    [Symbol.asyncDispose]: socket.close,
  }
}
