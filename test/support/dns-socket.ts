// A DNS server's sockets, UDP and TCP on one port, without an opinion about what is answered; RFC 1035 §4.2.
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** May be called later, or never: then the question gets no answer. */
export type Send = (answer: Uint8Array) => void

export type DnsSocket = {
  /** As BURNBOX_DNS takes it. */
  readonly address: string
  readonly close: () => Promise<void>
}

/** `reply` gets one message each time. Port 0: any that is free. */
export async function openDnsSocket(
  reply: (question: Buffer, overUdp: boolean, send: Send) => void, at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<DnsSocket> {
  const tcp = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => reply(bytes.subarray(2), false, (answer) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(answer.length)
      socket.write(Buffer.concat([length, answer]))
    }))
  })
  const udp = await bindBoth(tcp, at)
  udp.on('message', (bytes, peer) => reply(bytes, true, (answer) => udp.send(answer, peer.port, peer.address)))
  return {
    address: `${at.host}:${udp.address().port}`,
    close: async () => {
      tcp.close()
      udp.close()
      await once(udp, 'close')
    },
  }
}

/** What is free for one of them may be taken for the other. */
async function bindBoth(tcp: Server, at: { readonly host: string; readonly port: number }): Promise<Socket> {
  for (let attempt = 1; ; attempt += 1) {
    const udp = createSocket('udp4')
    udp.bind(at.port, at.host)
    await once(udp, 'listening')
    tcp.listen(udp.address().port, at.host)
    const failure = await once(tcp, 'listening').then(() => undefined, (error: unknown) => error)
    if (failure === undefined) return udp
    udp.close()
    if (at.port !== 0 || attempt === 20) throw failure
  }
}
