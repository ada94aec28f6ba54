// One DNS question to one server: over UDP, and over TCP when the answer was cut off (RFC 1035 §4.2, RFC 7766 §5); without EDNS where it is
// not understood (RFC 6891 §7). node:dns tells no TTL of TXT and MX records, so the messages are read by dns-packet.
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createConnection, isIPv6 } from 'node:net'
import { decode, encode, RECURSION_DESIRED, streamEncode, TRUNCATED_RESPONSE, type DecodedPacket, type RecordType } from 'dns-packet'

export type DnsServer = { readonly address: string; readonly port: number }

/** What fits through every path without fragments (DNS Flag Day 2020). */
const UDP_OCTETS = 1232

/** `edns`: the server took it. */
export type Said = { readonly answer: DecodedPacket; readonly edns: boolean }

/** Rejects when the server cannot be reached or `signal` is aborted. An answer to another question is not seen. */
export const ask = async (server: DnsServer, name: string, type: RecordType, edns: boolean, signal: AbortSignal): Promise<Said> => {
  const id = randomInt(65_536)
  const query = { id, type: 'query' as const, flags: RECURSION_DESIRED, questions: [{ name, type }], additionals: edns ? [extension] : [] }
  const isAnswer = (packet: DecodedPacket | undefined): packet is DecodedPacket => {
    if (packet?.type !== 'response' || packet.id !== id) return false
    const question = packet.questions?.[0]
    // What could not be read is not always repeated.
    if (!question) return edns && isNotUnderstood(packet)
    return question.type === type && question.name.toLowerCase() === name.toLowerCase()
  }
  const answer = await overUdp(server, encode(query), isAnswer, signal)
  if (edns && isNotUnderstood(answer)) return ask(server, name, type, false, signal)
  if (((answer.flags ?? 0) & TRUNCATED_RESPONSE) === 0) return { answer, edns }
  return { answer: await overTcp(server, streamEncode(query), isAnswer, signal), edns }
}

const extension = {
  type: 'OPT' as const, name: '.' as const, udpPayloadSize: UDP_OCTETS, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [],
}

export const rcodeOf = (packet: DecodedPacket): string | undefined => (packet as { readonly rcode?: string }).rcode

const isNotUnderstood = (packet: DecodedPacket): boolean => rcodeOf(packet) === 'FORMERR' || rcodeOf(packet) === 'NOTIMP'

type IsAnswer = (packet: DecodedPacket | undefined) => packet is DecodedPacket

/** A socket for each question: the system chooses its port, which nobody can guess, and lets only the server's packets in. */
const overUdp = (server: DnsServer, query: Buffer, isAnswer: IsAnswer, signal: AbortSignal): Promise<DecodedPacket> => new Promise((resolve, reject) => {
  const socket = createSocket({ type: isIPv6(server.address) ? 'udp6' : 'udp4', signal })
  let over = false
  const end = (): void => {
    if (!over && !signal.aborted) socket.close()
    over = true
  }
  const fail = (error: Error): void => {
    reject(error)
    end()
  }
  socket.once('close', () => reject(new Error('stopped')))
  socket.on('error', fail)
  socket.on('message', (bytes) => {
    const packet = decoded(bytes)
    if (!isAnswer(packet)) return
    resolve(packet)
    end()
  })
  socket.connect(server.port, server.address, () => socket.send(query, (error) => { if (error) fail(error) }))
})

const overTcp = (server: DnsServer, query: Buffer, isAnswer: IsAnswer, signal: AbortSignal): Promise<DecodedPacket> => new Promise((resolve, reject) => {
  const socket = createConnection({ host: server.address, port: server.port, noDelay: true, signal })
  let received = Buffer.alloc(0)
  socket.on('error', reject)
  socket.on('close', () => reject(new Error('the DNS server closed the connection')))
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
    const packet = decoded(received.subarray(2, 2 + received.readUInt16BE(0)))
    if (isAnswer(packet)) resolve(packet)
    socket.destroy()
  })
  socket.write(query)
})

const decoded = (bytes: Buffer): DecodedPacket | undefined => {
  try {
    return decode(bytes)
  } catch {
    return undefined
  }
}
