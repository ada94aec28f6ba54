// burnbox queue …, the delivery queue.
import { Problem } from '../flow/problem.ts'
import { listQueue, retryNow } from '../store/deliveries.ts'
import { table, UsageMistake, withHost, type Command } from './command.ts'

/** Ids are 62-bit numbers. */
const idOf = (text: string): string => {
  if (!/^\d{1,19}$/.test(text) || BigInt(text) >= 1n << 63n) throw new Problem('invalid', `"${text}" is not the id of a delivery.`)
  return text
}

export const queueCommands: readonly Command[] = [
  {
    name: 'queue list', usage: '', about: 'What waits to be delivered', words: [0, 0],
    run: ({ services }) => withHost(services, async ({ host }) => {
      const lines = await listQueue(host.db)
      return {
        text: table(lines.map((line) => [line.id, line.alias ?? '', line.state, line.next_try, line.subject, line.last_reply ?? ''])),
        json: lines,
      }
    }),
  },
  {
    name: 'queue retry', usage: 'ID …|--all', about: 'Make due whatever no process works on, unknown outcomes too', words: [0, 10_000],
    options: { all: { type: 'boolean' } },
    run: ({ words, values, services }) => {
      const all = values['all'] === true
      if (all === words.length > 0) throw new UsageMistake('burnbox queue retry: name ids, or --all')
      const ids = all ? 'all' as const : words.map(idOf)
      return withHost(services, async ({ host }) => {
        const due = await retryNow(host.db, host.clock.now(), ids)
        if (ids !== 'all' && due === 0) throw new Problem('not-found', 'None of these is in the queue and free to be tried now.')
        host.wakeWorker()
        return { text: `${due} due now.`, json: { due } }
      })
    },
  },
]
