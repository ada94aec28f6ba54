// The thread of the scan, seen from outside: one reply at a time in the process, with limits of heap and time. Whoever waits has only a spool file.
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../clock.ts'
import type { LeakScan } from '../policy/leak-scan.ts'
import type { Names } from '../policy/leak-text.ts'
import { createTurns } from './in-turn.ts'
import type { FromThread, ScanJob, ToThread } from './scan-job.ts'

/** 35 MiB of an office document take 3 s; a hostile one takes all of it, and its owner is asked. */
const PATIENCE_MS = 20_000
const HEAP_MB = 384
/** To start costs 0.1 s of CPU; to stay costs 40 MB. */
const STAYS_MS = 10_000
/** What it took for more than this is given back at once. */
const LARGE_OCTETS = 4 * 1024 * 1024

let idle: { readonly worker: Worker; readonly timer: Timer } | undefined

export const oneAtATime = createTurns()

/** Only within `oneAtATime`. Undefined: it took too long or too much, nobody knows what is in it. */
export const scanInThread = async (clock: Clock, job: ScanJob, { correspondentOf }: Names): Promise<LeakScan | undefined> => {
  const worker = taken(clock) ?? started()
  const ended = Promise.withResolvers<LeakScan | undefined>()
  const give = (): void => ended.resolve(undefined)
  const timer = clock.setTimeout(give, PATIENCE_MS)
  const octets = job.body.length
  const say = (told: ToThread): void => worker.postMessage(told)
  worker.on('message', (said: FromThread) => {
    switch (said.kind) {
      case 'names': return say({ kind: 'names', names: said.reverseAliases.map((one) => [one, correspondentOf(one)] as const) })
      case 'done': return ended.resolve(said.scan)
      case 'failed': return give()
    }
  })
  worker.once('exit', give)
  worker.ref()
  // Given away, so that its memory goes with the thread and no collection of garbage is waited for.
  worker.postMessage({ kind: 'scan', job } satisfies ToThread, [job.body.buffer])
  const scan = await ended.promise
  clock.clearTimeout(timer)
  worker.removeAllListeners('message')
  worker.off('exit', give)
  if (scan === undefined || octets > LARGE_OCTETS) await worker.terminate()
  else rest(clock, worker)
  return scan
}

const started = (): Worker => {
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), {
    env: {}, execArgv: [], stdin: false, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 32 },
  })
  worker.on('error', () => {}) // its exit follows
  worker.once('exit', () => forget(worker))
  return worker
}

const taken = (clock: Clock): Worker | undefined => {
  if (idle === undefined) return undefined
  const { worker, timer } = idle
  clock.clearTimeout(timer)
  idle = undefined
  return worker
}

const forget = (worker: Worker): void => {
  if (idle?.worker === worker) idle = undefined
}

const rest = (clock: Clock, worker: Worker): void => {
  worker.unref()
  const timer = clock.setTimeout(() => {
    forget(worker)
    void worker.terminate()
  }, STAYS_MS)
  timer.unref()
  idle = { worker, timer }
}
