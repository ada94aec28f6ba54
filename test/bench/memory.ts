// Twenty 30 MB messages at once, each with a DKIM signature to verify, each signed when it leaves: through to the next hop, and with all of
// them falling back to the queue.
//   npm run bench -- --only memory
import { alone } from './alone.ts'
import { mebibytes } from './comparison.ts'
import { largeMessage, type LargeMessage } from './large-message.ts'
import type { BenchOptions, Part } from './part.ts'
import { peakBytes } from './processes.ts'
import { sendOne } from './send-one.ts'
import { startSink, type Sink } from './smtp-sink.ts'
import { printTable } from './table.ts'
import { until } from '../support/until.ts'

const messages = 20
const mostBytes = 450 * 2 ** 20
/** All twenty end at about the same time: a sink that has none for long is no standstill. */
const longestMilliseconds = 240_000

export async function largeMessages(options: BenchOptions): Promise<Part> {
  const message = await largeMessage()
  const rows = [
    await measure('delivered while the sender waits', true, options, message),
    await measure('all fall back to the queue, then drain', false, options, message),
  ]
  printTable([`${messages} messages of ${mebibytes(message.size)} at once`, 'peak memory of node', '(all taken in)', 'answered 250'], rows.map((one) => [
    one.name, mebibytes(one.peak), mebibytes(one.takenIn), String(one.accepted),
  ]))
  const goals = rows.map((one) => ({
    what: `${messages} × ${mebibytes(message.size)}: ${one.name}`, found: `${mebibytes(one.peak)}, ${one.accepted} × 250`,
    goal: `< ${mebibytes(mostBytes)}, ${messages} × 250`, reached: one.peak < mostBytes && one.accepted === messages,
  }))
  return { name: 'memory', goals, data: { rows } }
}

function measure(name: string, up: boolean, options: BenchOptions, message: LargeMessage) {
  return alone(options, { texts: message.texts }, async ({ burnbox, alias, hopPort }) => {
    let sink: Sink | undefined = up ? await startSink(hopPort) : undefined
    try {
      const replies = await Promise.all(Array.from({ length: messages }, () => sendOne(burnbox.smtpPort, alias, message.pieces())))
      const takenIn = peakBytes(burnbox.pid)
      sink ??= await startSink(hopPort)
      if (!up) await burnbox.cli('queue', 'retry', '--all')
      await until(() => sink!.count() >= messages, 'the sink to have them all', { milliseconds: longestMilliseconds })
      return { name, takenIn, peak: peakBytes(burnbox.pid), accepted: replies.filter((reply) => reply.startsWith('250')).length }
    } finally {
      await sink?.stop()
    }
  })
}
