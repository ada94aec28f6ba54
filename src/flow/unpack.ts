// What is packed in a part, unpacked within limits: archives and office documents (zip), gzip, PNG text, PDF. A bomb costs its limit and no more.
import { constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl'
import type { Packed } from '../policy/leak-blob.ts'
import { pdfTexts } from './pdf-text.ts'

export type Unpacked =
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Buffer }
  /** More than the limits allow, or damaged: nobody can say what is in it. */
  | { readonly kind: 'unreadable' }

/** Octets that may still come out of all packed things of one reply. */
export type Budget = { octets: number; files: number }
export const newBudget = (): Budget => ({ octets: 256 * 1024 * 1024, files: 10_000 })

const MOST_AT_ONCE = 48 * 1024 * 1024

/** One file at a time, so that one at a time is in memory. */
export async function* unpack({ packing, bytes }: Packed, budget: Budget): AsyncGenerator<Unpacked> {
  try {
    switch (packing) {
      case 'zip': return yield* unzipped(bytes, budget)
      case 'gzip': return yield file('', inflated(gunzipSync, bytes, budget))
      case 'zlib': return yield file('', inflated(inflateSync, bytes, budget))
      case 'deflate': return yield file('', inflated(inflateRawSync, bytes, budget))
      case 'png': return yield* pngTexts(bytes, budget)
      case 'pdf':
        yield* pdfStreams(bytes, budget)
        for await (const text of pdfTexts(bytes)) yield file('', text)
        return
      case 'cms': return yield { kind: 'unreadable' }
    }
  } catch {
    yield { kind: 'unreadable' }
  }
}

const file = (name: string, bytes: Buffer): Unpacked => ({ kind: 'file', name, bytes })

type Inflate = (bytes: Buffer, options: { readonly maxOutputLength: number; readonly finishFlush?: number }) => Buffer

const inflated = (inflate: Inflate, bytes: Buffer, budget: Budget, finishFlush: number = constants.Z_SYNC_FLUSH): Buffer => {
  spend(budget, 0)
  const all = inflate(bytes, { maxOutputLength: Math.max(1, Math.min(MOST_AT_ONCE, budget.octets)), finishFlush })
  spend(budget, all.length)
  return all
}

const spend = (budget: Budget, octets: number): void => {
  budget.octets -= octets
  budget.files -= 1
  if (budget.octets < 0 || budget.files < 0) throw new Error('too much')
}

const STORED = 0
const DEFLATED = 8

// Names as octets: what a program would refuse as a path may still tell something. Encrypted entries are for whoever has the password.
async function* unzipped(bytes: Buffer, budget: Budget): AsyncGenerator<Unpacked> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false })
  const names: string[] = [String(zip.comment)]
  for await (const entry of zip.eachEntry()) {
    const name = String(entry.fileName)
    names.push(name, String(entry.fileComment))
    if (entry.isEncrypted() || entry.compressedSize === 0) continue
    if (entry.compressionMethod === STORED || entry.compressionMethod === DEFLATED) yield file(name, await entryBytes(zip, entry, budget))
    else yield { kind: 'unreadable' }
  }
  yield file('', Buffer.from(names.join('\n')))
}

const entryBytes = async (zip: ZipFile, entry: Entry, budget: Budget): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let octets = 0
  for await (const piece of await zip.openReadStreamPromise(entry) as AsyncIterable<Buffer>) {
    octets += piece.length
    if (octets > Math.min(MOST_AT_ONCE, budget.octets)) throw new Error('too much')
    pieces.push(piece)
  }
  spend(budget, octets)
  return Buffer.concat(pieces)
}

// PNG 3rd edition §11.3.3: keyword, NUL, method; iTXt has flags, a language and a translated keyword before its text.
function* pngTexts(bytes: Buffer, budget: Budget): Generator<Unpacked> {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    const data = bytes.subarray(at + 8, at + 8 + length)
    const keyword = data.indexOf(0)
    if (type === 'zTXt' && keyword > 0) yield file('', inflated(inflateSync, data.subarray(keyword + 2), budget))
    else if (type === 'iTXt' && keyword > 0 && data[keyword + 1] === 1) {
      const language = data.indexOf(0, keyword + 3)
      const text = data.indexOf(0, language + 1)
      if (text > 0) yield file('', inflated(inflateSync, data.subarray(text + 1), budget))
    }
    at += 12 + length
  }
}

// Objects, properties and pages of a PDF lie in streams (ISO 32000 §7.3.8); strings in them are literal with octal escapes, or hexadecimal.
function* pdfStreams(bytes: Buffer, budget: Budget): Generator<Unpacked> {
  yield file('', pdfStrings(bytes))
  for (let at = bytes.indexOf('stream'); at >= 0; at = bytes.indexOf('stream', at + 6)) {
    if (bytes.toString('latin1', at - 3, at) === 'end') continue
    const start = at + 6 + (bytes[at + 6] === 13 ? 2 : 1)
    const end = bytes.indexOf('endstream', start)
    if (end < 0) return
    if ((bytes[start]! & 15) === 8) {
      const stream = tryInflate(bytes.subarray(start, end), budget)
      if (stream) {
        yield file('', stream)
        yield file('', pdfStrings(stream))
      }
    }
    at = end
  }
}

// Another filter, or encrypted: no zlib at all. Too much is too much.
const tryInflate = (bytes: Buffer, budget: Budget): Buffer | undefined => {
  try {
    return inflated(inflateSync, bytes, budget)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) return undefined
    throw error
  }
}

const MOST_STRINGS = 16 * 1024 * 1024

const pdfStrings = (bytes: Buffer): Buffer => {
  const text = bytes.toString('latin1', 0, MOST_STRINGS)
  const plain = text.replaceAll(/<([\da-fA-F\s]{6,})>/g, (_, hex: string) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex').toString('latin1'))
    .replaceAll(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8) & 255)).replaceAll(/\\\r?\n/g, '')
  return plain === text ? Buffer.alloc(0) : Buffer.from(plain, 'latin1')
}
