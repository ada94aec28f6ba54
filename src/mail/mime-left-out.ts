// A message without some of its parts, as edits of its octets (RFC 2046 §5.1). What is left stays as it is, but for a container that no longer is
// what it says: multipart/signed without its signature (RFC 1847 §2.1).
import { Buffer } from 'node:buffer'
import type { Edit } from './edited-content.ts'
import { formatField, nameAsWritten, parseFields, valueOf, type Field } from './header.ts'
import type { MimeTree, Part } from './mime.ts'

export type LeftOut = { readonly edits: readonly Edit[]; readonly header: Buffer }

/** `header` and `body` are what `tree` was made of. A message that cannot be read, or whose only part goes, loses its whole body. */
export const leftOut = (tree: MimeTree, header: Buffer, body: Buffer, numbers: readonly string[]): LeftOut => {
  if (tree.kind === 'unreadable') return emptied(header, body)
  const gone = new Set(numbers)
  const { root } = tree
  if (!remains(root, gone)) return emptied(header, body)
  const edits: Edit[] = []
  let top = header
  const visit = (part: Part): void => {
    const going = part.children.filter((child) => !remains(child, gone))
    if (going.length > 0 && part.type === 'multipart/signed') {
      if (part === root) top = asMixed(header)
      else edits.push({ ...part.header, by: asMixed(body.subarray(part.header.start, part.header.end)) })
    }
    for (const child of part.children) {
      if (remains(child, gone)) visit(child)
      else if (child.slot) edits.push({ ...child.slot, by: Buffer.alloc(0) })
    }
  }
  visit(root)
  return { edits: edits.toSorted((a, b) => a.start - b.start), header: top }
}

// A container goes with the last of its parts.
const remains = (part: Part, gone: ReadonlySet<string>): boolean =>
  !gone.has(part.number) && (part.children.length === 0 || part.children.some((child) => remains(child, gone)))

const emptied = (header: Buffer, body: Buffer): LeftOut => ({
  edits: [{ start: 0, end: body.length, by: Buffer.from('\r\n') }],
  header: Buffer.concat(parseFields(header).filter(({ name }) => !name.startsWith('content-')).map(({ raw }) => raw)),
})

const asMixed = (header: Buffer): Buffer => Buffer.concat(parseFields(header).map((field) => field.name === 'content-type' ? mixed(field) : field.raw))

const mixed = (field: Field): Buffer => formatField(nameAsWritten(field), valueOf(field).replace(/^\s*multipart\/signed/i, 'multipart/mixed')
  .replaceAll(/;\s*(?:protocol|micalg)\s*=\s*(?:"[^"]*"|[^\s;]*)/gi, ''))
