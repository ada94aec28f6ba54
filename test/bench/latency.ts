// How long a sender waits: from its final dot to the 250, over one kept connection, at a low and steady rate.
import { createConnection, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

export type Latency = { readonly p50: number; readonly p95: number; readonly p99: number }

const headerOf = (recipient: string, n: number): string =>
  `From: Shop <shop@sender.example>\r\nTo: <${recipient}>\r\nSubject: Your order ${n}\r\n`
    + `Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <${n}@sender.example>\r\n\r\n`
const body = `${'x'.repeat(76)}\r\n`.repeat(105)      // 8 KB

/** In milliseconds. A message that is late does not put off the next ones: they begin at their own time, or at once. */
export async function measureLatency(
  port: number, recipient: string, load: { readonly messages: number; readonly perSecond: number },
): Promise<Latency> {
  const client = await connect(port)
  await client.say('EHLO sender.example', 250)
  const times: number[] = []
  const start = performance.now()
  for (let n = 0; n < load.messages; n += 1) {
    const due = start + n * 1_000 / load.perSecond
    if (due > performance.now()) await wait(due - performance.now())
    await client.say('MAIL FROM:<shop@sender.example>', 250)
    await client.say(`RCPT TO:<${recipient}>`, 250)
    await client.say('DATA', 354)
    const from = performance.now()
    await client.say(`${headerOf(recipient, n)}${body}.`, 250)
    times.push(performance.now() - from)
  }
  await client.say('QUIT', 221)
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)]!
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

type Client = { readonly say: (line: string, expected: number) => Promise<void> }

async function connect(port: number): Promise<Client> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  await reply(socket, 220)
  return {
    say: (line, expected) => {
      socket.write(`${line}\r\n`)
      return reply(socket, expected)
    },
  }
}

function reply(socket: Socket, expected: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const end = (settle: () => void): void => {
      socket.off('data', add).off('close', closed).off('error', reject)
      settle()
    }
    const closed = (): void => end(() => reject(new Error(`the connection ended, expected ${expected}`)))
    const add = (piece: Buffer): void => {
      text += piece.toString()
      const last = /(?:^|\n)(\d{3})(?: [^\n]*)?\r\n$/.exec(text)
      if (last) end(() => (Number(last[1]) === expected ? resolve() : reject(new Error(`expected ${expected}: ${text.trim()}`))))
    }
    socket.on('data', add).once('close', closed).once('error', reject)
  })
}
