// The header section as a list of fields that keep their bytes: RFC 5322 §2.2. Never throws and never loses a byte:
// what is no field (an mbox line, a line without a colon) is kept as a field without a name.
import { Buffer, isUtf8 } from 'node:buffer'

/** `raw` has the folds and the final line end. `name` is lower-case; '' for lines that are no field. */
export type Field = { readonly name: string; readonly raw: Buffer }

const lf = 10
const cr = 13
// RFC 5322 §2.1.1
const preferredLineOctets = 78
const maxWordOctets = 900

/** Offset of the empty line that ends the header, so that content.subarray(it) is the empty line and the body; -1 without one. */
const emptyLineAt = (bytes: Buffer): number => {
  for (let line = 0; line < bytes.length; ) {
    const end = bytes.indexOf(lf, line)
    if (end < 0) return -1
    if (end === line || (end === line + 1 && bytes[line] === cr)) return line
    line = end + 1
  }
  return -1
}

/** Where the fields end: the offset of the empty line, or the length when there is none. A rewritten header goes before it. */
export const endOfFields = (bytes: Buffer): number => {
  const at = emptyLineAt(bytes)
  return at < 0 ? bytes.length : at
}

/** Offset of the first octet of the body, behind the empty line; -1 when no empty line has been seen (yet). */
export const endOfHeader = (bytes: Buffer): number => {
  const at = emptyLineAt(bytes)
  return at < 0 ? -1 : at + (bytes[at] === cr ? 2 : 1)
}

/** The same for all who look at one header, which is parsed once; its bytes must not change. */
export const fieldsOf = (header: Buffer): readonly Field[] => {
  const known = parsed.get(header)
  if (known) return known
  const fields = parseFields(header)
  parsed.set(header, fields)
  return fields
}
const parsed = new WeakMap<Buffer, readonly Field[]>()

/** The fields in their order; stops at an empty line. */
export const parseFields = (header: Buffer): Field[] => {
  const fields: Field[] = []
  const end = endOfFields(header)
  for (let start = 0; start < end; ) {
    let next = start
    do {
      const lineEnd = header.indexOf(lf, next)
      next = lineEnd < 0 || lineEnd >= end ? end : lineEnd + 1
    } while (next < end && isBlank(header[next]))
    const raw = header.subarray(start, next)
    fields.push({ name: nameOf(raw), raw })
    start = next
  }
  return fields
}

const isBlank = (octet: number | undefined): boolean => octet === 32 || octet === 9

// `From : x` and `From\r\n : x` are From to enough programs that they must be From to us.
const nameOf = (raw: Buffer): string => {
  const colon = raw.indexOf(58)
  if (colon < 1) return ''
  const written = raw.toString('latin1', 0, colon)
  if (plainName.test(written)) return written.toLowerCase()
  const name = written.replace(/\r?\n/g, '').trimEnd().toLowerCase()
  return /^[^\p{Cc}\p{Z}]+$/u.test(name) ? name : ''
}

const plainName = /^[!-9;-~]+$/ // what a name may be made of (RFC 5322 §2.2); quicker to test than what may not

/** The name in its own letters; in ours where it was folded or spoiled. */
export const nameAsWritten = (field: Field): string => {
  const written = field.raw.toString('latin1', 0, field.name.length)
  return written.toLowerCase() === field.name ? written : field.name
}

/** The unfolded value as text: UTF-8 when it is, else Latin-1. May hold control characters other than CR and LF. */
export const valueOf = (field: Field): string => {
  const value = field.raw.subarray(field.raw.indexOf(58) + 1)
  return (isUtf8(value) ? value.toString('utf8') : value.toString('latin1')).replace(/[\r\n]/g, '').trim()
}

export const fieldsNamed = (fields: readonly Field[], name: string): Field[] => fields.filter((field) => field.name === name)

/** One field with its final CRLF, folded at spaces to 78 octets where it can be. Control characters become spaces. */
export const formatField = (name: string, value: string): Buffer => {
  let text = `${name}:`
  let lineOctets = text.length
  const words = plainText.test(value) ? value : value.replace(/[\p{Cc} ]+/gu, ' ').trim()
  for (const word of words.split(' ').flatMap(inPieces)) {
    const octets = Buffer.byteLength(word) + 1
    const folds = lineOctets + octets > preferredLineOctets && lineOctets > name.length + 1
    text += folds ? `\r\n ${word}` : ` ${word}`
    lineOctets = folds ? octets : lineOctets + octets
  }
  return Buffer.from(`${text}\r\n`)
}

const plainText = /^[!-~]+(?: [!-~]+)*$/

const inPieces = (word: string): string[] => {
  if (Buffer.byteLength(word) <= maxWordOctets) return [word]
  const pieces: string[] = []
  let piece = ''
  let octets = 0
  for (const character of word) {
    const more = Buffer.byteLength(character)
    if (octets + more > maxWordOctets) {
      pieces.push(piece)
      piece = ''
      octets = 0
    }
    piece += character
    octets += more
  }
  return [...pieces, piece]
}
