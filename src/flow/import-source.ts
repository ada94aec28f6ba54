// From a file to texts: one, or several out of an archive, none of them larger than the limits say.
import { Buffer } from 'node:buffer'
import { read as readCallback } from 'node:fs'
import { promisify } from 'node:util'
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl'
import { NotThisFormat } from '../policy/import/row.ts'
import { wantedParts, type Source } from '../policy/import/formats.ts'

const readAt = promisify(readCallback)
const mostTextBytes = 64 * 1024 * 1024
/** All parts of an archive together, as they come out of it: a table of 100,000 rows has 60 MB of XML. */
const mostUnpackedBytes = 256 * 1024 * 1024

export const readSource = async (file: { readonly fd: number; readonly size: number }): Promise<Source> => {
  const first = await bytesOf(file.fd, 0, Math.min(4, file.size))
  if (first.toString('latin1') === 'PK\u0003\u0004') return { kind: 'parts', parts: await partsOf(file.fd) }
  if (file.size > mostTextBytes) throw new NotThisFormat(`A list may have ${mostTextBytes} bytes.`)
  return { kind: 'text', text: decode(await bytesOf(file.fd, 0, file.size)) }
}

const bytesOf = async (fd: number, position: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.alloc(length)
  for (let at = 0; at < length;) {
    const { bytesRead } = await readAt(fd, buffer, at, length - at, position + at)
    if (bytesRead === 0) return buffer.subarray(0, at)
    at += bytesRead
  }
  return buffer
}

/** UTF-8, UTF-16 with its mark (what Excel calls Unicode text), else what Windows writes in the West. */
const decode = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

const partsOf = async (fd: number): Promise<ReadonlyMap<string, string>> => {
  const parts = new Map<string, string>()
  let left = mostUnpackedBytes
  try {
    const zip = await fromFdPromise(fd, { autoClose: false, lazyEntries: true })
    for await (const entry of zip.eachEntry()) {
      if (!wantedParts.has(entry.fileName)) continue
      left -= entry.uncompressedSize
      if (left < 0) throw new NotThisFormat('What is in this archive is too large.')
      parts.set(entry.fileName, decode(await unpacked(zip, entry)))
    }
  } catch (error) {
    throw error instanceof NotThisFormat ? error : new NotThisFormat(`This archive cannot be read: ${(error as Error).message}`)
  }
  return parts
}

/** yauzl ends a stream with an error when more comes out of it than the archive says. */
const unpacked = async (zip: ZipFile, entry: Entry): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
