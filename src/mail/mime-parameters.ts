// Structured fields of MIME: Content-Type and Content-Disposition (RFC 2045 §5, RFC 2183), with continuations and charsets (RFC 2231),
// and with the encoded words that many programs put into file names against RFC 2047. One pass over the text, never throws.
import { Buffer } from 'node:buffer'
import { decodeBytes, decodeEncodedWords } from './encoded-word.ts'

/** `value` and the names are lower-case; a name that comes twice keeps its first value. */
export type Structured = { readonly value: string; readonly parameters: ReadonlyMap<string, string> }

export const parseStructured = (text: string): Structured => {
  const [first = '', ...rest] = split(text)
  const written = new Map<string, string>()
  for (const piece of rest) {
    const equals = piece.indexOf('=')
    const name = piece.slice(0, equals).trim().toLowerCase()
    if (equals > 0 && !written.has(name)) written.set(name, unquoted(piece.slice(equals + 1).trim()))
  }
  return { value: first.trim().toLowerCase(), parameters: joined(written) }
}

// At semicolons outside of quotes; comments are dropped.
const split = (text: string): string[] => {
  const pieces: string[] = []
  let piece = ''
  let quoted = false
  let depth = 0
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i]!
    if (c === '\\' && (quoted || depth > 0)) {
      if (depth === 0) piece += c + (text[i + 1] ?? '')
      i += 1
    } else if (depth > 0) depth += c === '(' ? 1 : c === ')' ? -1 : 0
    else if (c === '"') {
      quoted = !quoted
      piece += c
    } else if (quoted) piece += c
    else if (c === '(') depth = 1
    else if (c === ';') {
      pieces.push(piece)
      piece = ''
    } else piece += c
  }
  return [...pieces, piece]
}

const unquoted = (text: string): string => {
  if (!text.startsWith('"')) return text
  const end = text.length > 1 && text.endsWith('"') ? -1 : undefined
  return text.slice(1, end).replace(/\\(.)/g, '$1')
}

type Section = { readonly index: number; readonly text: string; readonly encoded: boolean }

const joined = (written: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  const sections = new Map<string, Section[]>()
  for (const [name, text] of written) {
    const parts = /^([^*]+)(?:\*(\d{1,4}))?(\*)?$/.exec(name)
    if (!parts || (parts[2] === undefined && parts[3] === undefined)) values.set(name,
      name.endsWith('name') ? decodeEncodedWords(text) : text) // a boundary may look like one
    else {
      const list = sections.get(parts[1]!) ?? []
      list.push({ index: Number(parts[2] ?? 0), text, encoded: parts[3] !== undefined })
      sections.set(parts[1]!, list)
    }
  }
  for (const [name, list] of sections) values.set(name, extended(list.sort((a, b) => a.index - b.index)))
  return values
}

// RFC 2231 §4.1: the charset stands in the first section; a character may be cut between two.
const extended = (sections: readonly Section[]): string => {
  const first = sections[0]!
  const [, charset = 'utf-8'] = (first.encoded ? /^([^']*)'[^']*'/.exec(first.text) : null) ?? []
  const bytes = sections.map(({ text, encoded }, i) => {
    const plain = i === 0 && encoded ? text.replace(/^[^']*'[^']*'/, '') : text
    return Buffer.from(encoded ? Buffer.from(plain).toString('latin1').replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16))) : Buffer.from(plain).toString('latin1'), 'latin1')
  })
  const all = Buffer.concat(bytes)
  return decodeBytes(charset || 'utf-8', all) ?? all.toString('utf8')
}
