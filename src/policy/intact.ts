// Bytes of a field that may be passed on as they came. A bare CR, a bare LF or a NUL never passes the ingress; should one come from
// elsewhere (a bounce, an import), it must not become a line of its own at the next hop.
import type { Buffer } from 'node:buffer'
import { formatField, nameAsWritten, valueOf, type Field } from '../mail/header.ts'

export const isSafe = (raw: Buffer): boolean => raw.toString('latin1').endsWith('\r\n') && !hasBareLineEnds(raw)

/** A bare CR, a bare LF or a NUL anywhere. */
export const hasBareLineEnds = (bytes: Buffer): boolean => /\0|\r(?!\n)|(?<!\r)\n/.test(bytes.toString('latin1'))

/** The very bytes where they are safe, else the same field written anew. */
export const intact = (field: Field): Buffer =>
  isSafe(field.raw) ? field.raw : formatField(nameAsWritten(field), valueOf(field))
