// Back-pressure: with the next hop stopped so many messages are taken in and queued, then it comes back and the queue is drained.
//   npm run bench -- --only drain
//   npm run bench -- --only drain --messages 5000
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { startBurnbox, type Burnbox } from './burnbox.ts'
import type { BenchOptions, Part } from './part.ts'
import { cpuSeconds, peakBytes } from './processes.ts'
import { freePort, startSink } from './smtp-sink.ts'
import { sendLoad } from './smtp-source.ts'
import { printTable } from './table.ts'

const mostMebibytes = 400
const leastPerSecond = 1_000
const portion = 5_000
const email = 'me@inbox.example'

export async function drain(options: BenchOptions): Promise<Part> {
  const messages = options.messages ?? 50_000
  const port = await freePort()
  const burnbox = await startBurnbox({ BURNBOX_RELAY: `smtp://127.0.0.1:${port}`, ...options.environment })
  try {
    await burnbox.cli('account', 'add', email, '--operator')
    const alias = await burnbox.cli('alias', 'new', email, 'shop.example')
    const takeIn = await timed(burnbox, async () => {
      for (let sent = 0; sent < messages; sent += portion) {
        await sendLoad(burnbox.smtpPort, alias, { messages: Math.min(portion, messages - sent), sessions: 50, kept: true })
      }
    })
    const whileQueued = peakBytes(burnbox.pid)
    const sink = await startSink(port)
    try {
      // A probe finds out that it is back; what was deferred is made due again.
      await burnbox.cli('queue', 'retry', '--all')
      await sink.reached(1)
      const before = sink.count()
      const drained = await timed(burnbox, () => sink.reached(messages))
      const perSecond = (messages - before) / drained.seconds
      const peak = peakBytes(burnbox.pid) / 2 ** 20
      await wait(1_000)
      const left = (await burnbox.cli('queue', 'list')).split('\n').filter((line) => /^\d+\s/.test(line)).length
      printTable(['back-pressure', 'messages', '/s', 'CPU s per 1,000', 'peak memory of node'], [
        line('taken in, next hop stopped', messages, takeIn, whileQueued / 2 ** 20),
        line('drained', messages - before, drained, peak),
      ])
      const good = perSecond >= leastPerSecond && peak < mostMebibytes && left === 0
      console.log(`goal ${leastPerSecond}/s and under ${mostMebibytes} MB, nothing left (${left}): ${good ? 'reached' : 'NOT REACHED'}; `
        + `${sink.count() - messages} more arrived than were sent\n`)
      const goal = { what: 'drain', found: `${perSecond.toFixed(0)}/s, ${peak.toFixed(0)} MB`, goal: `${leastPerSecond}/s`, reached: good }
      return { name: 'drain', goals: [goal], data: {} }
    } finally {
      await sink.stop()
    }
  } finally {
    await burnbox.stop()
  }
}

type Timed = { readonly seconds: number; readonly cpu: number }

function line(what: string, messages: number, { seconds, cpu }: Timed, memory: number): string[] {
  return [what, String(messages), (messages / seconds).toFixed(0), (cpu / messages * 1_000).toFixed(2), mebibytes(memory)]
}

async function timed(burnbox: Burnbox, work: () => Promise<void>): Promise<Timed> {
  const [start, used] = [performance.now(), cpuSeconds(burnbox.pid)]
  await work()
  return { seconds: (performance.now() - start) / 1_000, cpu: cpuSeconds(burnbox.pid) - used }
}

const mebibytes = (value: number): string => `${value.toFixed(0)} MB`
