// A content of which some octets are others, without a copy of the rest: the spool file is read again and the edits are put in as it passes.
import type { Buffer } from 'node:buffer'
import type { Content } from './content.ts'

/** Octets `start` to `end` become `by`. Offsets are those of the body, that is from the content's bodyOffset on. */
export type Edit = { readonly start: number; readonly end: number; readonly by: Buffer }

/** `edits` in order, not overlapping. */
export const editedContent = (content: Content, edits: readonly Edit[], header: Buffer = content.header): Content => {
  if (edits.length === 0 && header === content.header) return content
  const grown = edits.reduce((sum, { start, end, by }) => sum + by.length - (end - start), 0)
  const bodyOctets = content.size - content.bodyOffset + grown
  return {
    size: header.length + bodyOctets,
    header,
    bodyOffset: header.length,
    eightBit: content.eightBit || [header, ...edits.map(({ by }) => by)].some((bytes) => bytes.some((octet) => octet > 127)),
    read: (offset) => from(content, edits, header, offset),
  }
}

async function* from(content: Content, edits: readonly Edit[], header: Buffer, offset: number): AsyncGenerator<Buffer> {
  let skip = offset
  for await (const piece of whole(content, edits, header)) {
    if (skip >= piece.length) skip -= piece.length
    else {
      yield skip === 0 ? piece : piece.subarray(skip)
      skip = 0
    }
  }
}

async function* whole(content: Content, edits: readonly Edit[], header: Buffer): AsyncGenerator<Buffer> {
  if (header.length > 0) yield header
  let at = 0
  let next = 0
  let done = 0 // of the body: everything before it has been said or replaced
  for await (const piece of content.read(content.bodyOffset)) {
    const end = at + piece.length
    for (; next < edits.length && edits[next]!.start < end; next += 1) {
      const edit = edits[next]!
      if (edit.start > done) yield piece.subarray(done - at, edit.start - at)
      if (edit.by.length > 0) yield edit.by
      done = Math.max(done, edit.end)
    }
    if (done < end) yield piece.subarray(Math.max(0, done - at))
    done = Math.max(done, end)
    at = end
  }
  for (; next < edits.length; next += 1) yield edits[next]!.by
}
