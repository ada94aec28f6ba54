// The files in an archive of another Burnbox, within bounds.
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Entry, ZipFile } from 'yauzl'

const mostLineLength = 100_000
const mostLines = 1_000_000
const mostTextBytes = 1_000_000

/** Those that `read` takes; the others are nobody's loss. */
export async function* linesOf<T>(zip: ZipFile, entry: Entry | undefined, read: (line: string) => T | undefined): AsyncGenerator<T> {
  if (!entry) return
  let looked = 0
  const stream: Readable = await zip.openReadStreamPromise(entry)
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (looked++ >= mostLines) return
    const one = line.length <= mostLineLength ? read(line) : undefined
    if (one !== undefined) yield one
  }
}

export const textOf = async (zip: ZipFile, entry: Entry | undefined): Promise<string> => {
  if (!entry || entry.uncompressedSize > mostTextBytes) return ''
  const pieces: Buffer[] = []
  for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}
