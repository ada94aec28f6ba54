// The one author of a message: what DMARC can judge (RFC 9989 §4.4.1 wants exactly one), and what a From must be for us to answer for it.
import { entriesOf, type NamedMailbox } from './address-list.ts'
import { fieldsNamed, type Field } from './header.ts'

/** Undefined when there is no From, several, a group, two addresses, or none that can be read. */
export const soleFrom = (fields: readonly Field[]): NamedMailbox | undefined => {
  const known = asked.get(fields)
  if (known) return known.sole
  const sole = readSole(fields)
  asked.set(fields, { sole })
  return sole
}
// Five places of one journey ask it of the same header.
const asked = new WeakMap<readonly Field[], { readonly sole: NamedMailbox | undefined }>()

const readSole = (fields: readonly Field[]): NamedMailbox | undefined => {
  const [from, ...others] = fieldsNamed(fields, 'from')
  if (from === undefined || others.length > 0 || startsWithFold(fields)) return undefined
  const [entry, ...more] = entriesOf(from)
  return entry?.kind === 'mailbox' && more.length === 0 ? entry : undefined
}

// A header that begins with a blank: some programs drop that line, some read it as a field, some see no header at all.
const startsWithFold = (fields: readonly Field[]): boolean => {
  const first = fields[0]?.raw[0]
  return first === 32 || first === 9
}
