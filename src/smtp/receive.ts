// The bytes between DATA and the final dot, bounded: memory to 256 KiB, then a spool file. RELIABILITY choices 1, 5 and 11.

import { isAscii as isAsciiOnly } from 'node:buffer'
import type { Content } from '../mail/content.ts'
import { contentInMemory } from '../mail/content.ts'
import { endOfFields } from '../mail/header.ts'
import { maxHeaderOctets } from '../mail/header-limits.ts'
import { openSpool, type Spool } from './spool.ts'

const MEMORY_BYTES = 256 * 1024
const LF = 10
const CR = 13
const NUL = 0

export type Received =
  | { readonly kind: 'content'; readonly content: Content; readonly discard: () => Promise<void> }
  /** Bare CR, bare LF or NUL: a way to smuggle a second message past the next server. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'too-large' }
  /** Over twice the limit, and still sending. */
  | { readonly kind: 'far-too-large' }
  | { readonly kind: 'spool-full' }

/** Rejects when the client goes away. Reads to the end whatever it finds, so that the reply comes at the real end. */
export const receive = async (stream: AsyncIterable<Buffer>, limits: { readonly bytes: number; readonly spoolFolder: string }): Promise<Received> => {
  const lines = new LineCheck()
  let pieces: Buffer[] = []
  let spool: Spool | undefined
  let spoolFailed = false
  let size = 0
  try {
    for await (const piece of stream) {
      size += piece.length
      lines.add(piece)
      if (size > 2 * limits.bytes) {
        await spool?.close()
        return { kind: 'far-too-large' }
      }
      if (size > limits.bytes || lines.malformed || spoolFailed) {
        pieces = []
        continue
      }
      if (spool === undefined && size > MEMORY_BYTES) {
        spool = await openSpool(limits.spoolFolder).catch(() => undefined)
        if (spool) pieces = await firstBytes(spool, pieces)
        else spoolFailed = true
      }
      if (spool) await spool.append(piece).catch(() => { spoolFailed = true })
      // The header is kept in memory as well: it is what gets rewritten.
      if (!spool || gathered(pieces) < maxHeaderOctets + 1) pieces.push(piece)
    }
  } catch (error) {
    await spool?.close()
    throw error
  }
  lines.end()
  const verdict = lines.malformed ? 'malformed' : size > limits.bytes ? 'too-large' : spoolFailed ? 'spool-full' : undefined
  if (verdict) {
    await spool?.close()
    return { kind: verdict }
  }
  const start = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)
  const headerEnd = endOfFields(start)
  if (!spool) return { kind: 'content', content: contentInMemory(start, headerEnd, lines.eightBit), discard: async () => {} }
  const file = spool
  return {
    kind: 'content',
    content: { size, header: start.subarray(0, headerEnd), bodyOffset: headerEnd, eightBit: lines.eightBit, read: (offset) => file.read(offset) },
    discard: () => file.close(),
  }
}

const gathered = (pieces: readonly Buffer[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0)

const firstBytes = async (spool: Spool, pieces: readonly Buffer[]): Promise<Buffer[]> => {
  const start = Buffer.concat(pieces)
  await spool.append(start)
  return [start]
}

/** Looks at each octet once, by native searches: a loop in JavaScript costs ten times as much. */
class LineCheck {
  malformed = false
  eightBit = false
  #afterCr = false

  add(piece: Buffer): void {
    if (this.malformed || piece.length === 0) return
    if (this.#afterCr && piece[0] !== LF) this.malformed = true
    if (piece.includes(NUL)) this.malformed = true
    for (let at = piece.indexOf(LF); at >= 0; at = piece.indexOf(LF, at + 1)) {
      if (at === 0 ? !this.#afterCr : piece[at - 1] !== CR) this.malformed = true
    }
    for (let at = piece.indexOf(CR); at >= 0 && at < piece.length - 1; at = piece.indexOf(CR, at + 1)) {
      if (piece[at + 1] !== LF) this.malformed = true
    }
    this.#afterCr = piece[piece.length - 1] === CR
    this.eightBit ||= !isAsciiOnly(piece)
  }

  end(): void {
    if (this.#afterCr) this.malformed = true
  }
}
