// The thread that reads the file of an import: a hostile one costs this thread, never the event loop. It hands its lines over as they are asked for.
import { parentPort, workerData } from 'node:worker_threads'
import { readFormat, type ImportFormat } from '../policy/import/formats.ts'
import { NotThisFormat, type ImportLine } from '../policy/import/row.ts'
import { readSource } from './import-source.ts'

export type Job = { readonly fd: number; readonly size: number; readonly format: ImportFormat; readonly domain: string }
export type Said =
  | { readonly kind: 'read'; readonly total: number }
  | { readonly kind: 'lines'; readonly lines: readonly ImportLine[] }
  | { readonly kind: 'not-this-format'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }

const say = (said: Said): void => parentPort!.postMessage(said)

const { fd, size, format, domain } = workerData as Job
try {
  const lines = readFormat(format, await readSource({ fd, size }), domain)
  parentPort!.on('message', ({ from, to }: { readonly from: number; readonly to: number }) => say({ kind: 'lines', lines: lines.slice(from, to) }))
  say({ kind: 'read', total: lines.length })
} catch (error) {
  if (error instanceof NotThisFormat) say({ kind: 'not-this-format', why: error.message })
  else say({ kind: 'failed', why: error instanceof Error ? error.stack ?? error.message : String(error) })
}
