// The lines of an import, batch by batch: from a thread that has read the file and holds it.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ImportFormat } from '../policy/import/formats.ts'
import type { ImportLine } from '../policy/import/row.ts'
import type { ImportFile } from './import-file.ts'
import type { Job, Said } from './import-thread.ts'
import { Problem } from './problem.ts'

export type ImportLines = AsyncDisposable & {
  readonly total: number
  readonly batches: (size: number) => AsyncIterable<readonly ImportLine[]>
}

/** 100,000 rows of twenty columns take 2 s and 300 MB. */
const patienceMs = 60_000
const heapMb = 768
const mostLines = 200_000

/** Throws `invalid` for a file that is not what it was said to be. */
export const readImport = async (file: ImportFile, format: ImportFormat, domain: string): Promise<ImportLines> => {
  const job: Job = { fd: file.fd, size: file.size, format, domain }
  const worker = new Worker(new URL('./import-thread.ts', import.meta.url), {
    workerData: job, env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 64 },
  })
  worker.unref()
  const ended = new AbortController()
  let why: unknown
  worker.on('error', (error) => { why = error })
  worker.once('exit', () => ended.abort())
  const answer = async (signal: AbortSignal): Promise<Said> => {
    try {
      return (await once(worker, 'message', { signal: AbortSignal.any([signal, ended.signal]) }) as [Said])[0]
    } catch {
      void worker.terminate()
      if ((why as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
        throw new Problem('invalid', 'Reading this file takes too much memory.')
      }
      if (why !== undefined) throw new Error('the thread that reads an import died', { cause: why })
      throw new Problem('invalid', 'Reading this file takes too long.')
    }
  }

  const said = await answer(AbortSignal.timeout(patienceMs))
  switch (said.kind) {
    case 'lines':
    case 'failed':
      void worker.terminate()
      throw new Error(`an import could not be read: ${said.kind === 'failed' ? said.why : said.kind}`)
    case 'not-this-format':
      void worker.terminate()
      throw new Problem('invalid', said.why)
    case 'read': break
  }
  const { total } = said
  if (total > mostLines) {
    void worker.terminate()
    throw new Problem('too-large', `A list may have ${mostLines} lines. This one has ${total}: divide it.`)
  }
  return {
    total,
    batches: async function* (size) {
      for (let from = 0; from < total; from += size) {
        const next = answer(AbortSignal.timeout(patienceMs))
        worker.postMessage({ from, to: from + size })
        const got = await next
        if (got.kind === 'lines') yield got.lines
      }
    },
    [Symbol.asyncDispose]: async () => void await worker.terminate(),
  }
}
