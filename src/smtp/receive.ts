// The bytes between DATA and the final dot, bounded: memory to 256 KiB, then a spool file. RELIABILITY choices 1, 5 and 11.

import { isAscii as isAsciiOnly } from 'node:buffer'
import type { Content } from '../mail/content.ts'
import { contentInMemory } from '../mail/content.ts'
import { endOfFields } from '../mail/header.ts'
import { maxHeaderOctets } from '../mail/header-limits.ts'
import { createGathered } from './gathered.ts'
import { openSpool, type Spool } from './spool.ts'

const MEMORY_BYTES = 256 * 1024
const WRITE_BYTES = 64 * 1024
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
  /** The disk is broken or read-only. */
  | { readonly kind: 'spool-away' }

/** Rejects when the client goes away. Reads to the end whatever it finds, so that the reply comes at the real end. */
export const receive = async (stream: AsyncIterable<Buffer>, limits: { readonly bytes: number; readonly spoolFolder: string }): Promise<Received> => {
  const lines = new LineCheck()
  // The start of the message; of a spooled one, what its header can be, because the header is what gets rewritten.
  const start = createGathered()
  // What goes into the spool file next: a write for each segment of one octet would take minutes.
  const next = createGathered()
  let spool: Spool | undefined
  let failure: 'spool-full' | 'spool-away' | undefined
  let size = 0
  const failed = (error: unknown): undefined => {
    failure = isBroken(error) ? 'spool-away' : 'spool-full'
  }
  const write = async (bytes: Buffer): Promise<void> => void await spool?.append(bytes).catch(failed)
  try {
    for await (const piece of stream) {
      size += piece.length
      lines.add(piece)
      if (size > 2 * limits.bytes) {
        await spool?.close()
        return { kind: 'far-too-large' }
      }
      if (size > limits.bytes || lines.malformed || failure) {
        start.clear()
        next.clear()
        continue
      }
      if (!spool && size > MEMORY_BYTES) {
        spool = await openSpool(limits.spoolFolder).catch(failed)
        await write(start.bytes())
      }
      if (!spool || start.size() < maxHeaderOctets + 1) start.add(piece)
      if (!spool) continue
      next.add(piece)
      if (next.size() < WRITE_BYTES) continue
      await write(next.bytes())
      next.clear()
    }
    await write(next.bytes())
  } catch (error) {
    await spool?.close()
    throw error
  }
  lines.end()
  const verdict = lines.malformed ? 'malformed' : size > limits.bytes ? 'too-large' : failure
  if (verdict) {
    await spool?.close()
    return { kind: verdict }
  }
  const bytes = start.bytes()
  const headerEnd = endOfFields(bytes)
  if (!spool) return { kind: 'content', content: contentInMemory(bytes, headerEnd, lines.eightBit), discard: async () => {} }
  const file = spool
  return {
    kind: 'content',
    content: { size, header: bytes.subarray(0, headerEnd), bodyOffset: headerEnd, eightBit: lines.eightBit, read: (offset) => file.read(offset) },
    discard: () => file.close(),
  }
}

/** The disk itself, not its room (F11). */
const isBroken = (error: unknown): boolean => ['EIO', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')

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
