// Back-pressure: with the next hop stopped so many messages are judged, taken in and queued, as many as the queue may hold; the next one is
// refused. Then the next hop comes back, the queue is drained, every message signed, and all are counted.
//   npm run bench -- --only drain
//   npm run bench -- --only drain --messages 5000
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { until } from '../support/until.ts'
import { alone, type Alone } from './alone.ts'
import { mebibytes } from './comparison.ts'
import type { BenchOptions, Goal, Part } from './part.ts'
import { cpuSeconds, peakBytes } from './processes.ts'
import { sendOne } from './send-one.ts'
import { startSink } from './smtp-sink.ts'
import { sendLoad } from './smtp-source.ts'
import { printTable } from './table.ts'

const mostBytes = 400 * 2 ** 20
const leastPerSecond = 1_000
const portion = 5_000
const small = ['From: <shop@sender.example>\r\nSubject: one more\r\n\r\nhello\r\n']

export function drain(options: BenchOptions): Promise<Part> {
  const messages = options.messages ?? 50_000
  return alone(options, { environment: { BURNBOX_QUEUE_MESSAGES: String(messages) } }, (stage) => measure(stage, messages))
}

async function measure({ burnbox, alias, hopPort }: Alone, messages: number): Promise<Part> {
  const cpu = (): number => cpuSeconds(burnbox.pid) + cpuSeconds(burnbox.postgresPid)
  const takenIn = await timed(cpu, async () => {
    for (let sent = 0; sent < messages; sent += portion) {
      await sendLoad(burnbox.smtpPort, alias, { messages: Math.min(portion, messages - sent), sessions: 50, kept: true })
    }
  })
  const whileQueued = peakBytes(burnbox.pid)
  await wait(1_500)      // the length of the queue is looked at once a second
  const oneMore = await sendOne(burnbox.smtpPort, alias, small)
  const sink = await startSink(hopPort)
  try {
    // A probe finds out that it is back; what was deferred is made due again.
    await burnbox.cli('queue', 'retry', '--all')
    await sink.reached(1)
    const before = sink.count()
    const drained = await timed(cpu, () => sink.reached(messages))
    const peak = peakBytes(burnbox.pid)
    const perSecond = (messages - before) / drained.seconds
    const left = await until(async () => {
      const lines = await burnbox.cli('queue', 'list')
      return { waiting: lines.split('\n').filter((line) => /^\d+\s/.test(line)).length }
    }, 'the queue to be listed')
    printTable(['back-pressure', 'messages', '/s', 'CPU s per 1,000', 'peak memory of node'], [
      line('taken in, next hop stopped', messages, takenIn, whileQueued),
      line('drained, signed', messages - before, drained, peak),
    ])
    console.log(`${left.waiting} left in the queue, ${sink.count() - messages} more arrived than were sent; over the limit: ${oneMore}\n`)
    const goals: readonly Goal[] = [
      { what: `drain of ${messages}, signed`, found: `${perSecond.toFixed(0)}/s`, goal: `>= ${leastPerSecond}/s`, reached: perSecond >= leastPerSecond },
      { what: `memory with ${messages} queued and drained`, found: mebibytes(peak), goal: `< ${mebibytes(mostBytes)}`, reached: peak < mostBytes },
      {
        what: 'all arrived, none left', found: `${sink.count()} arrived, ${left.waiting} left`, goal: `${messages}, 0`,
        reached: sink.count() >= messages && left.waiting === 0,
      },
      { what: 'one more than the queue holds', found: oneMore.slice(0, 9), goal: '452 4.3.1', reached: oneMore.startsWith('452 4.3.1') },
    ]
    return { name: 'drain', goals, data: { messages, takenIn, drained, whileQueued, peak, perSecond } }
  } finally {
    await sink.stop()
  }
}

type Timed = { readonly seconds: number; readonly cpu: number }

function line(what: string, messages: number, { seconds, cpu }: Timed, memory: number): string[] {
  return [what, String(messages), (messages / seconds).toFixed(0), (cpu / messages * 1_000).toFixed(2), mebibytes(memory)]
}

async function timed(cpu: () => number, work: () => Promise<void>): Promise<Timed> {
  const [start, used] = [performance.now(), cpu()]
  await work()
  return { seconds: (performance.now() - start) / 1_000, cpu: cpu() - used }
}
