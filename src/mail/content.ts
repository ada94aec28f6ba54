// The bytes of one message (RFC 5322 §2.1), wherever they lie: in memory, in a spool file, in the database.

import type { Buffer } from 'node:buffer'

/** May be read several times over; sizes in octets, lines end in CRLF. */
export type Content = {
  readonly size: number
  /** The top header section without the empty line that ends it. */
  readonly header: Buffer
  /** Where the rest begins: the empty line and the body. */
  readonly bodyOffset: number
  /** Bytes from `offset` to the end, in pieces. */
  readonly read: (offset: number) => AsyncIterable<Buffer> | Iterable<Buffer>
  /** False: all octets are below 128. */
  readonly eightBit: boolean
}

/** What the body reader must not do with a message that lies in memory anyway: wait. */
export const contentInMemory = (bytes: Buffer, headerEnd: number, eightBit: boolean): Content => ({
  size: bytes.length,
  header: bytes.subarray(0, headerEnd),
  bodyOffset: headerEnd,
  eightBit,
  read: (offset) => [bytes.subarray(offset)],
})

/** All of it from the empty line on, in a buffer of its own. */
export const bodyOf = async (content: Content): Promise<Uint8Array<ArrayBuffer>> => {
  const body = new Uint8Array(content.size - content.bodyOffset)
  let at = 0
  for await (const piece of content.read(content.bodyOffset)) {
    body.set(piece.subarray(0, body.length - at), at)
    at += piece.length
  }
  return body
}
