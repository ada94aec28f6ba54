// The MIME tree of one message, as ranges of its octets (RFC 2045, RFC 2046, RFC 6532): nothing is copied, so that what is not changed stays as
// it is. Linear in the size; what exceeds the limits is 'unreadable', and then nobody may say what is in it.
import type { Buffer } from 'node:buffer'
import { endOfFields, endOfHeader, fieldsNamed, parseFields, valueOf, type Field } from './header.ts'
import { maxHeaderLines, maxHeaderOctets } from './header-limits.ts'
import { parseStructured, type Structured } from './mime-parameters.ts'

export type Range = { readonly start: number; readonly end: number }

export type Part = {
  /** As IMAP counts (RFC 9051 §6.4.5): "1.2". '' is the whole, where it is a multipart. */
  readonly number: string
  /** Empty for the outermost part, whose fields came from elsewhere. */
  readonly header: Range
  readonly body: Range
  readonly fields: readonly Field[]
  /** Lower-case, "text/plain". */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly disposition: Structured
  /** Lower-case, "7bit" when there is none. */
  readonly encoding: string
  /** Of a multipart its parts; of an enclosed message that is not encoded, the message. */
  readonly children: readonly Part[]
  /** In a multipart: from the part's delimiter line to the next one. These octets go when the part goes. */
  readonly slot?: Range
  /** Of a multipart: what stands before the first and behind the last delimiter. Nobody shows it, everybody gets it. */
  readonly loose: readonly Range[]
}

export type MimeTree = { readonly kind: 'tree'; readonly root: Part } | { readonly kind: 'unreadable'; readonly why: string }

const maxDepth = 20
const maxParts = 1_000
const maxBoundaryOctets = 250 // RFC 2046 §5.1.1 says 70; some programs make longer ones
const maxDelimiterLike = 100_000 // lines that begin with two hyphens: a patch has many, and each is looked at once per level

class Unreadable extends Error {}

type Reading = { readonly bytes: Buffer; readonly marks: readonly number[]; parts: number }

/** `bytes` begins with the empty line (or with the body, when there is none); `fields` are those of the message. */
export const parseMime = (fields: readonly Field[], bytes: Buffer): MimeTree => {
  try {
    const reading = { bytes, marks: marksOf(bytes), parts: 0 }
    const blank = bytes[0] === 10 ? 1 : bytes[0] === 13 && bytes[1] === 10 ? 2 : 0
    return { kind: 'tree', root: messageOf(reading, fields, { start: 0, end: 0 }, { start: blank, end: bytes.length }, '', 0) }
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unreadable', why: error.message }
    throw error
  }
}

/** Every part, the outermost first. */
export function* partsOf(part: Part): Generator<Part> {
  yield part
  for (const child of part.children) yield* partsOf(child)
}

export const isMessage = (type: string): boolean => type === 'message/rfc822' || type === 'message/global' || type === 'message/news'

// Where a line begins with two hyphens.
const marksOf = (bytes: Buffer): number[] => {
  const marks: number[] = bytes[0] === 45 && bytes[1] === 45 ? [0] : []
  for (let at = bytes.indexOf('\n--'); at >= 0; at = bytes.indexOf('\n--', at + 1)) {
    if (marks.push(at + 1) > maxDelimiterLike) throw new Unreadable('it has too many lines that could separate parts')
  }
  return marks
}

// The number of what a message contains: its parts count on from the message; a body without parts is its part 1.
const messageOf = (reading: Reading, fields: readonly Field[], header: Range, body: Range, number: string, depth: number): Part =>
  partOf(reading, { fields, header, body, numberOf: (isMultipart) => isMultipart ? number : below(number, 1), depth, byDefault: 'text/plain' })

const below = (number: string, n: number): string => number === '' ? `${n}` : `${number}.${n}`

type Found = {
  readonly fields: readonly Field[]
  readonly header: Range
  readonly body: Range
  readonly numberOf: (isMultipart: boolean) => string
  readonly depth: number
  readonly byDefault: string
  readonly slot?: Range
}

const partOf = (reading: Reading, { fields, header, body, numberOf, depth, byDefault, slot }: Found): Part => {
  if (depth > maxDepth) throw new Unreadable('its parts are nested too deeply')
  if ((reading.parts += 1) > maxParts) throw new Unreadable('it has too many parts')
  const content = parseStructured(only(fields, 'content-type'))
  const type = /^[^\s/]+\/[^\s/]+$/.test(content.value) ? content.value : byDefault
  const encoding = parseStructured(only(fields, 'content-transfer-encoding')).value || '7bit'
  const boundary = type.startsWith('multipart/') ? content.parameters.get('boundary')?.trimEnd() : undefined
  const delimiters = boundary ? delimitersOf(reading, boundary, body) : []
  const number = numberOf(delimiters.length > 0)
  const part = {
    number, header, body, fields, type, parameters: content.parameters, encoding, ...(slot === undefined ? {} : { slot }),
    disposition: parseStructured(only(fields, 'content-disposition')),
  }
  if (delimiters.length > 0) {
    if (isEncoded(encoding)) throw new Unreadable('a part with parts is encoded as a whole')
    return { ...part, ...multipartOf(reading, delimiters, { body, number, depth, isDigest: type === 'multipart/digest' }) }
  }
  const child = isMessage(type) && !isEncoded(encoding) ? [enclosed(reading, body, number, depth)] : []
  return { ...part, children: child, loose: [] }
}

const isEncoded = (encoding: string): boolean => encoding !== '7bit' && encoding !== '8bit' && encoding !== 'binary'

// Two different ones: two programs would see two different messages.
const only = (fields: readonly Field[], name: string): string => {
  const values = new Set(fieldsNamed(fields, name).map(valueOf))
  if (values.size > 1) throw new Unreadable(`a part says twice, and differently, what it is (${name})`)
  return values.values().next().value ?? ''
}

type Delimiter = Range & { readonly closes: boolean }

// RFC 2046 §5.1.1: hyphens, the boundary, blanks. Behind the closing one nothing is a part.
const delimitersOf = ({ bytes, marks }: Reading, boundary: string, body: Range): Delimiter[] => {
  const found: Delimiter[] = []
  if (boundary.length > maxBoundaryOctets) throw new Unreadable('a boundary is too long')
  for (let m = firstFrom(marks, body.start); m < marks.length && marks[m]! < body.end; m += 1) {
    const start = marks[m]!
    const textEnd = start + 2 + boundary.length
    if (textEnd > body.end || bytes.toString('latin1', start + 2, textEnd) !== boundary) continue
    const lineEnd = bytes.indexOf(10, textEnd)
    const end = lineEnd < 0 || lineEnd >= body.end ? body.end : lineEnd + 1
    if (end - textEnd > maxBoundaryOctets) continue
    const rest = /^(--)?[ \t\r\n]*$/.exec(bytes.toString('latin1', textEnd, end))
    if (!rest) continue
    found.push({ start, end, closes: rest[1] !== undefined })
    if (rest[1] !== undefined) break
  }
  return found
}

const firstFrom = (marks: readonly number[], offset: number): number => {
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (marks[middle]! < offset) low = middle + 1
    else high = middle
  }
  return low
}

type Multipart = { readonly body: Range; readonly number: string; readonly depth: number; readonly isDigest: boolean }

const multipartOf = (reading: Reading, delimiters: readonly Delimiter[], { body, number, depth, isDigest }: Multipart): Pick<Part, 'children' | 'loose'> => {
  const first = delimiters[0]!
  const last = delimiters.at(-1)!
  const children = delimiters.filter(({ closes }) => !closes).map((delimiter, i) => {
    const next = delimiters[i + 1]
    const slot = { start: delimiter.start, end: next?.start ?? body.end }
    const inside = { start: delimiter.end, end: Math.max(delimiter.end, next ? beforeLineEnd(reading.bytes, next.start) : body.end) }
    const { fields, header, body: own } = headed(reading.bytes, inside)
    return partOf(reading, {
      fields, header, body: own, numberOf: () => below(number, i + 1), depth: depth + 1, byDefault: isDigest ? 'message/rfc822' : 'text/plain', slot,
    })
  })
  const loose = [{ start: body.start, end: first.start }, ...(last.closes ? [{ start: last.end, end: body.end }] : [])]
  return { children, loose: loose.filter(({ start, end }) => end > start) }
}

// The line end before a delimiter belongs to it.
const beforeLineEnd = (bytes: Buffer, at: number): number => {
  if (bytes[at - 1] !== 10) return at
  return bytes[at - 2] === 13 ? at - 2 : at - 1
}

const enclosed = (reading: Reading, range: Range, number: string, depth: number): Part => {
  const { fields, header, body } = headed(reading.bytes, range)
  return messageOf(reading, fields, header, body, number, depth + 1)
}

const headed = (bytes: Buffer, { start, end }: Range): { readonly fields: Field[]; readonly header: Range; readonly body: Range } => {
  const inside = bytes.subarray(start, end)
  const fieldsEnd = endOfFields(inside)
  const bodyAt = endOfHeader(inside)
  if (fieldsEnd > maxHeaderOctets) throw new Unreadable('the header of a part is too long')
  const fields = parseFields(inside.subarray(0, fieldsEnd))
  if (fields.length > maxHeaderLines) throw new Unreadable('the header of a part has too many lines')
  return { fields, header: { start, end: start + fieldsEnd }, body: { start: bodyAt < 0 ? end : start + bodyAt, end } }
}
