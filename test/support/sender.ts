// A sender's server, command by command, on a real socket. `send` is the usual conversation in one call.
import { createConnection, type Socket } from 'node:net'
import { once } from 'node:events'

export type Sender = {
  /** Sends a line and resolves to the whole reply, lines joined by LF. */
  say(line: string): Promise<string>
  /** Sends the message with its dots stuffed and the final dot. */
  dot(message: string | Buffer): Promise<string>
  reply(): Promise<string>
  readonly socket: Socket
  close(): void
}

export type Letter = { readonly to: string | readonly string[]; readonly message: string | Buffer; readonly from?: string; readonly parameters?: string }

/** Resolves after the greeting and EHLO. Rejects when the connection ends before a reply. */
export async function openSender(port: number): Promise<Sender> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => {})
  let text = ''
  let over = false
  let wake = (): void => {}
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1')
    wake()
  })
  socket.on('close', () => {
    over = true
    wake()
  })

  async function reply(): Promise<string> {
    for (;;) {
      const [whole] = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(text) ?? []
      if (whole !== undefined) {
        text = text.slice(whole.length)
        return whole.trimEnd().replaceAll('\r', '')
      }
      if (over) throw new Error(`the connection ended without a reply${text === '' ? '' : ` after ${JSON.stringify(text)}`}`)
      await new Promise<void>((resolve) => { wake = resolve })
    }
  }

  const sender: Sender = {
    socket, reply,
    say: (line) => {
      socket.write(`${line}\r\n`)
      return reply()
    },
    dot: (message) => {
      socket.write(stuffed(Buffer.from(message)))
      return reply()
    },
    close: () => socket.destroy(),
  }
  await once(socket, 'connect')
  const greeting = await reply()
  if (!greeting.startsWith('220')) throw new Error(greeting)
  await sender.say('EHLO mail.shop.example')
  return sender
}

export type Sent = { readonly mail: string; readonly rcpt: readonly string[]; readonly data: string; readonly dot: string }

/** The replies; those that were not reached are empty. */
export async function send(port: number, letter: Letter): Promise<Sent> {
  const sender = await openSender(port)
  try {
    return await sendOn(sender, letter)
  } finally {
    sender.close()
  }
}

export async function sendOn(sender: Sender, { to, message, from = 'sender@shop.example', parameters = '' }: Letter): Promise<Sent> {
  const mail = await sender.say(`MAIL FROM:<${from}>${parameters === '' ? '' : ` ${parameters}`}`)
  const rcpt: string[] = []
  for (const one of [to].flat()) rcpt.push(await sender.say(`RCPT TO:<${one}>`))
  const data = await sender.say('DATA')
  return { mail, rcpt, data, dot: data.startsWith('354') ? await sender.dot(message) : '' }
}

function stuffed(message: Buffer): Buffer {
  const text = message.toString('latin1')
  const body = (text.startsWith('.') ? '.' : '') + text.replaceAll('\r\n.', '\r\n..')
  return Buffer.from(`${body}${text === '' || text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1')
}
