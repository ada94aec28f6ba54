// Bytes of a field that may be passed on as they came. A bare CR, a bare LF or a NUL never passes the ingress; should one come from
// elsewhere (a bounce, an import), it must not become a line of its own at the next hop.
import type { Buffer } from 'node:buffer'
import { formatField, nameAsWritten, valueOf, type Field } from '../mail/header.ts'

export const isSafe = (raw: Buffer): boolean => {
  const text = raw.toString('latin1')
  return text.endsWith('\r\n') && !/\0|\r(?!\n)|(?<!\r)\n/.test(text)
}

/** The very bytes where they are safe, else the same field written anew. */
export const intact = (field: Field): Buffer =>
  isSafe(field.raw) ? field.raw : formatField(nameAsWritten(field), valueOf(field))
