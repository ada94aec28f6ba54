// One load on one server: messages a second until the sink has them all, and what it cost.
import { setTimeout as wait } from 'node:timers/promises'
import { median } from './many-aliases.ts'
import { cpuSeconds, memoryBytes } from './processes.ts'
import type { Sink } from './smtp-sink.ts'
import { sendLoad, type Load } from './smtp-source.ts'

/** `pids`: with all that they have started. `databasePid`: counted in, and shown by itself. */
export type Server = { readonly name: string; readonly port: number; readonly pids: readonly number[]; readonly databasePid?: number }

export type Run = {
  readonly perSecond: number
  /** CPU seconds per 1,000 messages, all processes. */
  readonly cpu: number
  /** Of these the database's. */
  readonly databaseCpu: number
  readonly memory: number
}

const settleMilliseconds = 400      // what is written behind: the activity, the queue files that go
const memoryEveryMilliseconds = 500

export async function measureRun(server: Server, sink: Sink, recipient: string, load: Load): Promise<Run> {
  const parts = [...(server.databasePid ? [server.databasePid] : []), ...server.pids]
  const before = parts.map(cpuSeconds)
  const goal = sink.count() + load.messages
  let memory = 0
  const sampler = setInterval(() => { memory = Math.max(memory, parts.reduce((sum, pid) => sum + memoryBytes(pid), 0)) }, memoryEveryMilliseconds)
  const start = performance.now()
  try {
    await Promise.all([sendLoad(server.port, recipient, load), sink.reached(goal)])
  } finally {
    clearInterval(sampler)
  }
  const seconds = (performance.now() - start) / 1_000
  await wait(settleMilliseconds)
  const used = parts.map((pid, index) => (cpuSeconds(pid) - before[index]!) * 1_000 / load.messages)
  return { perSecond: load.messages / seconds, cpu: used.reduce((sum, one) => sum + one, 0), databaseCpu: server.databasePid ? used[0]! : 0, memory }
}

export function medianRun(runs: readonly Run[]): Run {
  const of = (pick: (run: Run) => number): number => median(runs.map(pick))
  return {
    perSecond: of((run) => run.perSecond), cpu: of((run) => run.cpu), databaseCpu: of((run) => run.databaseCpu),
    memory: Math.max(...runs.map((run) => run.memory)),
  }
}
