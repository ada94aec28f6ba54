// A message made of another header and the body of a content, wherever that lies.
import { isAscii, type Buffer } from 'node:buffer'
import type { Content } from './content.ts'

/** `header` has no empty line at its end: that is the body's. */
export const withHeader = (header: Buffer, content: Content): Content => ({
  size: header.length + content.size - content.bodyOffset,
  header,
  bodyOffset: header.length,
  eightBit: content.eightBit || !isAscii(header),
  read: (offset) => {
    const start = header.subarray(offset)
    const rest = content.read(content.bodyOffset + Math.max(0, offset - header.length))
    // What lies in memory goes out in one piece: relay/attempt looks for an array.
    return Array.isArray(rest) ? [start, ...rest as Buffer[]] : joined(start, rest)
  },
})

async function* joined(start: Buffer, rest: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start
  yield* rest
}
