// Twenty 30 MB messages at once: through to the next hop, and with all of them falling back to the queue.
//   npm run bench -- --only memory
import { once } from 'node:events'
import { connect } from 'node:net'
import { startBurnbox, type Burnbox } from './burnbox.ts'
import type { BenchOptions, Part } from './part.ts'
import { peakBytes } from './processes.ts'
import { freePort, startSink, type Sink } from './smtp-sink.ts'
import { printTable } from './table.ts'
import { until } from '../support/until.ts'

const messages = 20
const messageBytes = 30 * 1024 * 1024
const mostMebibytes = 450
/** All twenty end at about the same time: a sink that has none for long is no standstill. */
const longestMilliseconds = 180_000
const email = 'me@inbox.example'
/** Written again and again: the sender's memory is not what is measured, but the machine has only so much. */
const block = Buffer.from(`${'x'.repeat(76)}\r\n`.repeat(840))

export async function largeMessages({ environment }: BenchOptions): Promise<Part> {
  const through = await measure('delivered while the sender waits', true, environment)
  const queued = await measure('all fall back to the queue, then drain', false, environment)
  printTable(['twenty 30 MB messages at once', 'peak memory of node', 'answered 250'], [through, queued].map((one) => [
    one.name, `${one.mebibytes.toFixed(0)} MB`, String(one.accepted),
  ]))
  const good = [through, queued].every((one) => one.mebibytes < mostMebibytes && one.accepted === messages)
  console.log(`goal under ${mostMebibytes} MB: ${good ? 'reached' : 'NOT REACHED'}\n`)
  return { name: 'memory', goals: [{ what: 'memory', found: '', goal: `< ${mostMebibytes} MB`, reached: good }], data: {} }
}

async function measure(name: string, up: boolean, environment: Readonly<Record<string, string>>) {
  const port = await freePort()
  let sink: Sink | undefined = up ? await startSink(port) : undefined
  const burnbox: Burnbox = await startBurnbox({ BURNBOX_RELAY: `smtp://127.0.0.1:${port}`, ...environment })
  try {
    await burnbox.cli('account', 'add', email, '--operator')
    const alias = await burnbox.cli('alias', 'new', email, 'shop.example')
    const replies = await Promise.all(Array.from({ length: messages }, () => sendLarge(burnbox.smtpPort, alias)))
    sink ??= await startSink(port)
    if (!up) await burnbox.cli('queue', 'retry', '--all')
    await until(() => sink!.count() >= messages, 'the sink to have them all', { milliseconds: longestMilliseconds })
    return { name, mebibytes: peakBytes(burnbox.pid) / 2 ** 20, accepted: replies.filter((reply) => reply.startsWith('250')).length }
  } finally {
    await sink?.stop()
    await burnbox.stop()
  }
}

/** The reply to the final dot. */
async function sendLarge(port: number, recipient: string): Promise<string> {
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
  await reply()
  for (const line of ['EHLO mail.shop.example', 'MAIL FROM:<shop@sender.example>', `RCPT TO:<${recipient}>`, 'DATA']) {
    socket.write(`${line}\r\n`)
    await reply()
  }
  socket.write('From: Shop <shop@sender.example>\r\nSubject: large\r\n\r\n')
  for (let sent = 0; sent < messageBytes; sent += block.length) if (!socket.write(block)) await once(socket, 'drain')
  socket.write('.\r\n')
  const answer = await reply()
  socket.end('QUIT\r\n')
  return answer
}
