// Reads held mail for people, in worker threads: hostile MIME costs a worker, never the event loop (RELIABILITY C, M, 5.3).
import { Worker } from 'node:worker_threads'
import type { Answer, Job, ReadableMessage } from './read-message.ts'

export type Source = { readonly size: number; readonly bytes: AsyncIterable<Buffer> }
export type NotShown = { readonly shown: false; readonly why: string }
export type Attachment = { readonly name: string; readonly bytes: Uint8Array }
export type Reader = AsyncDisposable & {
  /** Rejects only when the bytes cannot be had. */
  readonly read: (source: Source, options?: { readonly remoteImages: boolean }) => Promise<ReadableMessage | NotShown>
  /** Undefined: there is none with this number, or the message cannot be read within the limits. */
  readonly attachment: (source: Source, n: number) => Promise<Attachment | undefined>
}

const mostWorkers = 2
const mostWaiting = 50
const patienceMs = 2_000
const heapMb = 256
/** Copied into the worker and decoded there: larger ones are offered as a download. */
const mostBytes = 25 * 1024 * 1024

export const createReader = (options: { readonly patienceMs?: number } = {}): Reader => {
  const pool = new WorkerPool(options.patienceMs ?? patienceMs)
  const ask = async (source: Source, attachment: number | undefined, remoteImages = false): Promise<Answer> => {
    if (source.size > mostBytes) return { kind: 'failed', why: 'It is too large to be shown.' }
    return pool.run({ bytes: await gather(source), attachment, remoteImages })
  }
  return {
    read: async (source, { remoteImages } = { remoteImages: false }) => {
      const answer = await ask(source, undefined, remoteImages)
      switch (answer.kind) {
        case 'message': return answer.message
        case 'failed': return { shown: false, why: answer.why }
        case 'attachment':
        case 'no-attachment': return { shown: false, why: 'It cannot be shown.' }
      }
    },
    attachment: async (source, n) => {
      const answer = await ask(source, n)
      return answer.kind === 'attachment' ? { name: answer.name, bytes: answer.bytes } : undefined
    },
    [Symbol.asyncDispose]: () => pool.close(),
  }
}

const gather = async (source: Source): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = new Uint8Array(source.size)
  let length = 0
  for await (const chunk of source.bytes) {
    bytes.set(chunk.subarray(0, bytes.length - length), length)
    length += Math.min(chunk.length, bytes.length - length)
  }
  return length === bytes.length ? bytes : bytes.slice(0, length)
}

type Waiting = { readonly job: Job; readonly settle: (answer: Answer) => void }

/** At most two workers, kept between jobs; one that is late or dies is thrown away with its job. */
class WorkerPool {
  readonly #patienceMs: number
  readonly #idle: Worker[] = []
  readonly #all = new Set<Worker>()
  readonly #waiting: Waiting[] = []
  #closed = false

  constructor(patience: number) {
    this.#patienceMs = patience
  }

  run(job: Job): Promise<Answer> {
    if (this.#closed || this.#waiting.length >= mostWaiting) return Promise.resolve({ kind: 'failed',
      why: 'Too many messages are being read at once. Try again.' })
    return new Promise((settle) => {
      this.#waiting.push({ job, settle })
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { settle } of this.#waiting.splice(0)) settle({ kind: 'failed', why: 'The server is stopping.' })
    await Promise.all([...this.#all].map((worker) => worker.terminate()))
  }

  #next(): void {
    if (this.#waiting.length === 0) return
    const worker = this.#idle.pop() ?? (this.#all.size < mostWorkers ? this.#start() : undefined)
    if (worker) this.#give(worker, this.#waiting.shift()!)
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 }, env: {}, execArgv: [], stdin: false, stdout: true,
        stderr: true,
    })
    // Whatever a library prints about somebody's mail is not for our log.
    worker.stdout.resume()
    worker.stderr.resume()
    worker.unref()
    this.#all.add(worker)
    worker.on('error', () => {})
    worker.on('exit', () => this.#all.delete(worker))
    return worker
  }

  #give(worker: Worker, { job, settle }: Waiting): void {
    const limit = { timer: undefined as NodeJS.Timeout | undefined }
    const finish = (answer: Answer, reusable: boolean): void => {
      clearTimeout(limit.timer)
      worker.off('message', onMessage)
      worker.off('exit', onExit)
      if (reusable && !this.#closed) this.#idle.push(worker)
      else {
        this.#all.delete(worker)
        void worker.terminate()
      }
      settle(answer)
      this.#next()
    }
    // The first message says that its modules are loaded: the two seconds are for the mail alone.
    const onMessage = (answer: Answer | 'started'): void => {
      if (answer !== 'started') return finish(answer, true)
      limit.timer = setTimeout(() => finish({ kind: 'failed', why: 'Reading it takes too long.' }, false), this.#patienceMs)
    }
    const onExit = (): void => finish({ kind: 'failed', why: 'Reading it takes too much memory.' }, false)
    worker.on('message', onMessage)
    worker.on('exit', onExit)
    worker.postMessage(job, [job.bytes.buffer])
  }
}
