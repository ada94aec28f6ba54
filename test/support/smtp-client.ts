// The sender's side of a conversation, octet by octet: nothing is corrected, so that what is wrong arrives as it was written.
import { connect as connectTcp, type Socket } from 'node:net'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'

export type SmtpClient = AsyncDisposable & {
  /** The next whole reply, its lines joined by LF. */
  readonly reply: () => Promise<string>
  readonly line: () => Promise<string>
  /** `segment`: so many octets at a time, each in a write of its own. */
  readonly write: (bytes: string | Buffer, options?: { readonly segment?: number; readonly pauseMs?: number }) => Promise<void>
  /** A line and the reply to it. */
  readonly say: (line: string) => Promise<string>
  /** Resolves to what still came before the server closed the connection. */
  readonly closed: () => Promise<string>
  readonly tls: (options?: ConnectionOptions) => Promise<TLSSocket>
  readonly fin: () => void
  readonly reset: () => void
  readonly pause: () => void
  readonly socket: () => Socket
}

/** Every line of 4xx and 5xx that any client of this file was ever told. */
export const refusals = new Set<string>()

const ANSWER_MS = 20_000

export const connectClient = async (port: number, options: { readonly localAddress?: string } = {}): Promise<SmtpClient> => {
  let socket: Socket = connectTcp({ port, host: '127.0.0.1', noDelay: true, ...options })
  let received = ''
  let ended = false
  let wake = (): void => {}
  const listen = (to: Socket): void => {
    to.on('data', (bytes: Buffer) => { received += bytes.toString(); wake() })
    to.on('error', () => {}).once('close', () => { ended = true; wake() })
  }
  const until = async <T>(what: string, look: () => T | undefined): Promise<T> => {
    for (const deadline = performance.now() + ANSWER_MS; ;) {
      const found = look()
      if (found !== undefined) return found
      const left = deadline - performance.now()
      if (left < 0) throw new Error(`no ${what} came; unread: ${JSON.stringify(received)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        wake = () => { clearTimeout(timer); resolve() }
      })
    }
  }
  const line = (): Promise<string> => until('line', () => {
    const end = received.indexOf('\r\n')
    if (end < 0) {
      if (ended) throw new Error(`the connection was closed; unread: ${JSON.stringify(received)}`)
      return undefined
    }
    const text = received.slice(0, end)
    received = received.slice(end + 2)
    if (/^[45]/.test(text)) refusals.add(text)
    return text
  })
  const reply = async (): Promise<string> => {
    const lines = [await line()]
    while (/^\d{3}-/.test(lines.at(-1)!)) lines.push(await line())
    return lines.join('\n')
  }
  const write: SmtpClient['write'] = async (bytes, { segment, pauseMs = 0 } = {}) => {
    const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
    for (let at = 0; at < all.length; at += segment ?? all.length) {
      if (!socket.writable) return
      await new Promise<void>((resolve) => socket.write(all.subarray(at, at + (segment ?? all.length)), () => resolve()))
      await (pauseMs > 0 ? wait(pauseMs) : turn())
    }
  }
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  listen(socket)
  return {
    line, reply, write,
    say: async (text) => {
      await write(`${text}\r\n`)
      return reply()
    },
    closed: () => until('end', () => (ended ? received : undefined)),
    tls: async (options = {}) => {
      const plain = socket
      plain.removeAllListeners('data').removeAllListeners('close')
      received = ''
      const secure = connectTls({ socket: plain, rejectUnauthorized: false, ...options })
      await new Promise<void>((resolve, reject) => {
        secure.once('secureConnect', resolve).once('error', reject).once('close', () => reject(new Error('closed in the handshake')))
      })
      socket = secure
      listen(secure)
      return secure
    },
    fin: () => { socket.end() },
    reset: () => { socket.resetAndDestroy() },
    pause: () => { socket.pause() },
    socket: () => socket,
    [Symbol.asyncDispose]: async () => { socket.destroy() },
  }
}

/** Connected, greeted and with EHLO said. */
export const greet = async (port: number, options: { readonly localAddress?: string } = {}): Promise<SmtpClient> => {
  const client = await connectClient(port, options)
  await client.reply()
  await client.say('EHLO mail.shop.example')
  return client
}

export type Letter = { readonly from?: string; readonly to: string | readonly string[]; readonly parameters?: string; readonly content: string | Buffer }

/** One transaction. Resolves to the first refusal, or to the reply to the final dot. `content` is stuffed here and must end in CRLF. */
export const send = async (client: SmtpClient, letter: Letter): Promise<string> => {
  const { from = 'shop@shop.example', to, parameters = '', content } = letter
  for (const line of [`MAIL FROM:<${from}>${parameters}`, ...[to].flat().map((one) => `RCPT TO:<${one}>`), 'DATA']) {
    const reply = await client.say(line)
    if (!/^[23]/.test(reply)) return reply
  }
  await client.write(stuffed(content))
  await client.write('.\r\n')
  return client.reply()
}

const stuffed = (content: string | Buffer): Buffer => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  if (!bytes.includes('\r\n.') && bytes[0] !== 46) return bytes
  return Buffer.from(bytes.toString('latin1').replaceAll(/(^|\r\n)\./g, '$1..'), 'latin1')
}

/** A message as a shop writes it; `body` and each of `fields` without the final CRLF. */
export const letter = (subject: string, body = 'Hello', fields: readonly string[] = []): string =>
  ['From: Shop <shop@shop.example>', `Subject: ${subject}`, 'Date: Mon, 05 Jan 2026 10:00:00 +0000', ...fields, '', body, ''].join('\r\n')

/** Sends one message over a connection of its own. */
export const sendAlone = async (port: number, one: Letter): Promise<string> => {
  await using client = await greet(port)
  return await send(client, one)
}
