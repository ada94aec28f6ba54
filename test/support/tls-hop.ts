// A mail server with STARTTLS, or with TLS from the first octet, that takes everything, and that can be told to spoil it.
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'

/** 'stripped': not offered, and refused. 'refused': offered, then 454. 'broken': the handshake is answered with rubbish. */
export type TlsMode = 'good' | 'injecting' | 'stripped' | 'refused' | 'broken'
export type TlsHop = AsyncDisposable & {
  readonly port: number
  mode: TlsMode
  /** For each message: whether it came over TLS, and which server name was asked for. */
  readonly arrived: readonly { readonly secure: boolean; readonly servername: string | undefined }[]
  /** The commands that came, with what they came over. */
  readonly heard: readonly string[]
}

/** What AUTH LOGIN asks for, as the tests give it. */
const LOGIN_USER = Buffer.from('ann').toString('base64')
const LOGIN_PASS = Buffer.from('secret').toString('base64')

export type Identity = { readonly cert: string; readonly key: string }

/** Self-signed, for the names given. */
export const selfSigned = async (names: readonly string[], days = 2): Promise<Identity> => {
  const from = new Date(Date.now() - 10 * 86_400_000)
  const made = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    keySize: 2048, algorithm: 'sha256', notBeforeDate: from, notAfterDate: new Date(Date.now() + days * 86_400_000),
    extensions: [{ name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) }],
  })
  return { cert: made.cert, key: made.private }
}

export async function openTlsHop(
  identity: Identity,
  options: {
    readonly host?: string; readonly port?: number; readonly maxVersion?: 'TLSv1.1'; readonly extensions?: readonly string[]
    /** TLS from the first octet (RFC 8314 §3). */
    readonly implicit?: boolean
  } = {},
): Promise<TlsHop> {
  const context = createSecureContext({
    ...identity, ...options.maxVersion && { minVersion: 'TLSv1' as const, maxVersion: options.maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' },
  })
  const arrived: { secure: boolean; servername: string | undefined }[] = []
  const heard: string[] = []
  const sockets = new Set<Socket>()

  const converse = (socket: Socket, secure: boolean): void => {
    let text = ''
    let inData = false
    const say = (...lines: string[]): void => void socket.write(lines.map((line) => `${line}\r\n`).join(''))
    const read = (bytes: Buffer): void => {
      text += bytes.toString('latin1')
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end).trimEnd()
        text = text.slice(end + 1)
        if (!inData) heard.push(`${secure ? 'tls' : 'clear'} ${line}`)
        if (inData) {
          if (line !== '.') continue
          inData = false
          arrived.push({ secure, servername: secure ? (socket as TLSSocket & { servername?: string }).servername : undefined })
          say('250 2.0.0 Ok')
        } else if (/^EHLO/i.test(line)) {
          const extensions = [...options.extensions ?? ['8BITMIME'], ...secure || hop.mode === 'stripped' ? [] : ['STARTTLS']]
          say('250-tls.example', ...extensions.map((name, index) => `250${index === extensions.length - 1 ? ' ' : '-'}${name}`))
        } else if (/^STARTTLS/i.test(line)) {
          if (hop.mode === 'stripped') say('502 5.5.1 What?')
          else if (hop.mode === 'refused') say('454 4.7.0 Not now')
          else {
            socket.off('data', read)
            if (hop.mode === 'broken') {
              socket.once('data', () => socket.end('this is no handshake\r\n'))
              return say('220 Go on')
            }
            // The injected line goes out in the same segment, before the handshake (case B28).
            socket.write(`220 Go on\r\n${hop.mode === 'injecting' ? '250-injected\r\n250 SIZE 1\r\n' : ''}`)
            const over = new TLSSocket(socket, { isServer: true, secureContext: context, SNICallback: (_, done) => done(null, context) })
            over.on('error', () => socket.destroy())
            return converse(over, true)
          }
        } else if (/^DATA/i.test(line)) {
          inData = true
          say('354 Go on')
        } else if (/^QUIT/i.test(line)) {
          say('221 2.0.0 Bye')
          socket.end()
        } else if (/^AUTH LOGIN/i.test(line)) say('334 VXNlcm5hbWU6')
        else if (line === LOGIN_USER) say('334 UGFzc3dvcmQ6')
        else if (line === LOGIN_PASS || /^AUTH PLAIN/i.test(line)) say('235 2.7.0 Good')
        else say('250 2.0.0 Ok')
      }
    }
    socket.on('data', read)
  }

  const come = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    socket.write('220 tls.example ESMTP\r\n')
    converse(socket, options.implicit === true)
  }
  const server = options.implicit ? createTlsServer({ ...identity, noDelay: true }, come) : createServer({ noDelay: true }, come)
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  const hop: TlsHop = {
    port: (server.address() as { port: number }).port,
    mode: 'good', arrived, heard,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  return hop
}
