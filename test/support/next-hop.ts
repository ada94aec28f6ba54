// A next hop that does what the test says, on real sockets: it answers each command from a script, records what it was given, and can
// hang, hang up, reset, answer half a line or speak without being asked. Without a script it takes everything: a plain recording sink.
//   const hop = await openNextHop({ rcpt: '450 4.7.1 greylisted' })
//   hop.script({ dot: () => held.promise })      // from the next command on
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { until } from './until.ts'

export type Phase = 'greeting' | 'ehlo' | 'helo' | 'mail' | 'rcpt' | 'data' | 'dot' | 'rset' | 'noop' | 'quit' | 'other'

/**
 * A reply (its CRLF is added), or what happens instead of one. `raw`: these bytes and nothing after them, for half a reply.
 * `andEnd`: the reply goes out, and the connection ends after it.
 */
export type Answer =
  | string | 'hang' | 'close' | 'reset'
  | { readonly raw: string }
  | { readonly reply: string; readonly andEnd: 'close' | 'reset' }

/** `connection` counts from 1; `message` is there at the dot. */
export type Heard = { readonly phase: Phase; readonly line: string; readonly connection: number; readonly message?: Arrived }

export type Arrived = {
  readonly connection: number
  readonly reversePath: string
  readonly forwardPaths: readonly string[]
  /** What follows the reverse-path in MAIL: `SIZE=…`, `BODY=8BITMIME`. */
  readonly parameters: string
  /** The message as it was before dots were stuffed, byte for byte. */
  readonly bytes: Buffer
  /** The code that was answered to its dot; undefined: none. */
  code: string | undefined
}

export type Script = Readonly<Partial<Record<Phase, Answer | ((heard: Heard) => Answer | Promise<Answer>)>>>

export type NextHop = AsyncDisposable & {
  readonly port: number
  /** For BURNBOX_RELAY. */
  readonly url: string
  /** Replaces the whole script; what it does not name is answered well. */
  script(script: Script): void
  /** Every message of which the final dot came, whatever was answered. */
  readonly arrived: readonly Arrived[]
  /** Those that were answered 2xx. */
  readonly accepted: readonly Arrived[]
  readonly heard: readonly Heard[]
  /** Reverse-paths that were under way on two connections at one time: those of Burnbox name the delivery. */
  readonly twiceAtOnce: readonly string[]
  count(phase: Phase): number
  /** Resolves when the phase was heard so many times in all. */
  saw(phase: Phase, times?: number): Promise<void>
  readonly connections: { readonly ever: number; readonly now: number; readonly most: number }
  /** Says a line on every open connection, asked or not. */
  say(line: string): void
  /** Ends (or resets) every open connection. */
  hangUp(how?: 'close' | 'reset'): void
  /** Reads nothing more from any open connection. */
  stopReading(): void
  /** Stops listening, so that connections are refused; `listenAgain` takes the same port. */
  goAway(): Promise<void>
  listenAgain(): Promise<void>
}

const welcome: Readonly<Record<Phase, string>> = {
  greeting: '220 sink.example ESMTP', ehlo: '', helo: '250 sink.example', mail: '250 2.1.0 Ok', rcpt: '250 2.1.5 Ok', data: '354 Go on',
  dot: '250 2.0.0 Ok: queued', rset: '250 2.0.0 Ok', noop: '250 2.0.0 Ok', quit: '221 2.0.0 Bye', other: '500 5.5.2 What?',
}

export async function openNextHop(
  script: Script = {}, options: { readonly extensions?: readonly string[]; readonly port?: number; readonly host?: string } = {},
): Promise<NextHop> {
  const extensions = options.extensions ?? ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'SIZE 73400320']
  const ehlo = ['sink.example', ...extensions].map((line, n, all) => `250${n === all.length - 1 ? ' ' : '-'}${line}`).join('\r\n')
  const sockets = new Set<Socket>()
  const arrived: Arrived[] = []
  const heard: Heard[] = []
  const underWay = new Map<string, number>()
  const twiceAtOnce: string[] = []
  let current = script
  let ever = 0
  let most = 0

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    most = Math.max(most, sockets.size)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    void converse(socket, ++ever)
  })

  /** The code that was answered; undefined: this connection says nothing more. */
  async function answer(socket: Socket, now: Heard): Promise<string | undefined> {
    heard.push(now)
    const scripted = current[now.phase] ?? (now.phase === 'ehlo' ? ehlo : welcome[now.phase])
    const said = typeof scripted === 'function' ? await scripted(now) : scripted
    if (said === 'hang') return undefined
    if (said === 'close' || said === 'reset') return end(socket, said)
    if (typeof said === 'object' && 'raw' in said) {
      socket.write(said.raw)
      return undefined
    }
    const reply = typeof said === 'string' ? said : said.reply
    const code = reply.slice(0, 3)
    if (now.message) now.message.code = code
    socket.write(`${reply}\r\n`)
    if (typeof said === 'object') return end(socket, said.andEnd)
    return now.phase === 'quit' ? end(socket, 'close') : code
  }

  async function converse(socket: Socket, connection: number): Promise<void> {
    const read = reader(socket)
    let transaction: { reversePath: string; parameters: string; forwardPaths: string[] } | undefined
    const begin = (reversePath: string): void => {
      const other = underWay.get(reversePath)
      if (other !== undefined && other !== connection && reversePath !== '') twiceAtOnce.push(reversePath)
      underWay.set(reversePath, connection)
    }
    const endOf = (reversePath: string | undefined): void => {
      if (reversePath !== undefined && underWay.get(reversePath) === connection) underWay.delete(reversePath)
    }
    let under: string | undefined
    socket.once('close', () => endOf(under))
    if (await answer(socket, { phase: 'greeting', line: '', connection }) === undefined) return
    for (let line = await read.line(); line !== undefined; line = await read.line()) {
      const phase = phaseOf(line)
      // With PIPELINING they come whatever was said to the command before.
      const outOfOrder = (phase === 'rcpt' && !transaction) || (phase === 'data' && !transaction?.forwardPaths.length)
      if (outOfOrder) {
        socket.write('503 5.5.1 Out of order\r\n')
        continue
      }
      const code = await answer(socket, { phase, line, connection })
      if (code === undefined) return
      const good = /^[23]/.test(code)
      if (!good || phase === 'rset') endOf(under)
      if (phase === 'mail') {
        endOf(under)
        under = /^MAIL FROM:<([^>]*)>/i.exec(line)?.[1] ?? ''
        begin(under)
        const [, reversePath = '', parameters = ''] = /^MAIL FROM:<([^>]*)>\s*(.*)$/i.exec(line) ?? []
        transaction = good ? { reversePath, parameters, forwardPaths: [] } : undefined
      } else if (phase === 'rcpt' && good) {
        transaction?.forwardPaths.push(/<(.*)>/.exec(line)?.[1] ?? '')
      } else if (phase === 'rset' || phase === 'ehlo' || phase === 'helo') {
        transaction = undefined
      } else if (phase === 'data' && code.startsWith('3')) {
        const bytes = await read.message()
        if (!bytes) return
        const message: Arrived = { connection, reversePath: '', parameters: '', forwardPaths: [], ...transaction, bytes, code: undefined }
        arrived.push(message)
        transaction = undefined
        if (await answer(socket, { phase: 'dot', line: '.', connection, message }) === undefined) return
        endOf(under)
      }
    }
  }

  const listen = async (port: number): Promise<void> => {
    server.listen(port, options.host ?? '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(options.port ?? 0)
  const { port } = server.address() as { port: number }
  const goAway = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const hangUp = (how: 'close' | 'reset' = 'close'): void => {
    for (const socket of sockets) end(socket, how)
  }

  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    script: (next) => { current = next },
    arrived,
    get accepted() {
      return arrived.filter((message) => message.code?.startsWith('2'))
    },
    heard,
    twiceAtOnce,
    count: (phase) => heard.filter((one) => one.phase === phase).length,
    saw: async (phase, times = 1) => {
      await until(() => heard.filter((one) => one.phase === phase).length >= times, `the next hop to hear ${phase} ${times} times`)
    },
    connections: {
      get ever() { return ever },
      get now() { return sockets.size },
      get most() { return most },
    },
    say: (line) => { for (const socket of sockets) socket.write(`${line}\r\n`) },
    hangUp,
    stopReading: () => {
      for (const socket of sockets) socket.pause()
    },
    goAway,
    listenAgain: () => listen(port),
    [Symbol.asyncDispose]: goAway,
  }
}

function end(socket: Socket, how: 'close' | 'reset'): undefined {
  if (how === 'close') socket.end()
  else socket.resetAndDestroy()
}

function phaseOf(line: string): Phase {
  const verb = line.slice(0, 4).toLowerCase()
  switch (verb) {
    case 'ehlo': case 'helo': case 'mail': case 'rcpt': case 'data': case 'rset': case 'noop': case 'quit': return verb
    default: return 'other'
  }
}

type Reader = { line(): Promise<string | undefined>; message(): Promise<Buffer | undefined> }

/** Undefined: the other side is gone. Room is doubled and nothing is searched twice, so that a message may have 35 MiB. */
function reader(socket: Socket): Reader {
  let room = Buffer.alloc(64 * 1024)
  let bytes = room.subarray(0, 0)
  let over = false
  let wake = (): void => {}
  socket.on('data', (piece: Buffer) => {
    const length = bytes.length + piece.length
    if (bytes.byteOffset - room.byteOffset + length > room.length) {
      room = Buffer.alloc(Math.max(2 * length, 64 * 1024))
      bytes.copy(room)
      bytes = room.subarray(0, bytes.length)
    }
    const start = bytes.byteOffset - room.byteOffset
    piece.copy(room, start + bytes.length)
    bytes = room.subarray(start, start + length)
    wake()
  })
  for (const event of ['end', 'close'] as const) {
    socket.on(event, () => {
      over = true
      wake()
    })
  }

  async function upTo(find: (from: number) => number): Promise<Buffer | undefined> {
    for (let searched = 0; ;) {
      const length = find(Math.max(0, searched - 5))
      if (length >= 0) {
        const taken = Buffer.from(bytes.subarray(0, length))
        bytes = bytes.subarray(length)
        return taken
      }
      searched = bytes.length
      if (over) return undefined
      await new Promise<void>((resolve) => { wake = resolve })
    }
  }

  return {
    line: async () => (await upTo((from) => {
      const at = bytes.indexOf('\n', from)
      return at < 0 ? -1 : at + 1
    }))?.toString('latin1').trimEnd(),
    message: async () => {
      const stuffed = await upTo((from) => {
        if (bytes.subarray(0, 3).toString() === '.\r\n') return 3
        const at = bytes.indexOf('\r\n.\r\n', from)
        return at < 0 ? -1 : at + 5
      })
      return stuffed && unstuffed(stuffed.subarray(0, -3))
    },
  }
}

/** RFC 5321 §4.5.2. */
function unstuffed(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  return Buffer.from((text.startsWith('.') ? text.slice(1) : text).replaceAll('\r\n.', '\r\n'), 'latin1')
}
