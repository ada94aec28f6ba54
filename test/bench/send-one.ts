// One message over a connection of its own, in pieces; what the server said to its final dot, or to the command that it refused.
import { once } from 'node:events'
import { connect } from 'node:net'

export async function sendOne(port: number, recipient: string, pieces: Iterable<Uint8Array | string>): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let heard = ''
  socket.on('data', (piece: Buffer) => { heard += piece.toString() })
  const reply = async (): Promise<string> => {
    for (;;) {
      const whole = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(heard)?.[0]
      if (whole) {
        heard = heard.slice(whole.length)
        return whole.trimEnd().split('\r\n').at(-1)!
      }
      await once(socket, 'data')
    }
  }
  try {
    await reply()
    for (const line of ['EHLO sender.example', 'MAIL FROM:<shop@sender.example>', `RCPT TO:<${recipient}>`, 'DATA']) {
      socket.write(`${line}\r\n`)
      const answer = await reply()
      if (!/^[23]/.test(answer)) return answer
    }
    for (const piece of pieces) if (!socket.write(piece)) await once(socket, 'drain')
    socket.write('.\r\n')
    return await reply()
  } finally {
    socket.end('QUIT\r\n')
  }
}
