// One DNS question to one server: over UDP, and over TCP when the answer was cut off (RFC 1035 §4.2, RFC 7766 §5). node:dns tells no TTL of
// TXT and MX records, so the messages are read by dns-packet.
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createConnection, isIPv6 } from 'node:net'
import { decode, encode, RECURSION_DESIRED, streamEncode, TRUNCATED_RESPONSE, type DecodedPacket, type RecordType } from 'dns-packet'

export type DnsServer = { readonly address: string; readonly port: number }

/** What fits through every path without fragments (DNS Flag Day 2020). */
const UDP_OCTETS = 1232

/** Rejects when the server cannot be reached or `signal` is aborted. An answer to another question is not seen. */
export const ask = async (server: DnsServer, name: string, type: RecordType, signal: AbortSignal): Promise<DecodedPacket> => {
  const id = randomInt(65_536)
  const query = {
    id, type: 'query' as const, flags: RECURSION_DESIRED, questions: [{ name, type }],
    additionals: [{
      type: 'OPT' as const, name: '.' as const, udpPayloadSize: UDP_OCTETS, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [],
    }],
  }
  const isAnswer = (packet: DecodedPacket | undefined): packet is DecodedPacket => {
    const question = packet?.questions?.[0]
    return packet?.type === 'response' && packet.id === id && question?.type === type && question.name.toLowerCase() === name.toLowerCase()
  }
  const answer = await overUdp(server, encode(query), isAnswer, signal)
  if (((answer.flags ?? 0) & TRUNCATED_RESPONSE) === 0) return answer
  return overTcp(server, streamEncode(query), isAnswer, signal)
}

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
