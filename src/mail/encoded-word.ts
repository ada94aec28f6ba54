// RFC 2047 both ways. Decoded text is for people's eyes: it never holds a control character, whatever was encoded.
import { Buffer } from 'node:buffer'

// `=?charset*language?B?text?=` (RFC 2231 §5 for the language). Each attempt ends at the fourth `?`, so this is linear.
const encodedWord = /=\?([^?\s*]{1,64})(?:\*[^?\s]{0,64})?\?([bq])\?([^?\s]*)\?=/gi
const wordOctets = 45 // as base64: 60 characters, and 12 around them: under the 75 of §2

/** Decodes every encoded word; one that can't be decoded stays as it is. */
export const decodeEncodedWords = (text: string): string => {
  if (!text.includes('=?')) return withoutControls(text)
  let decoded = ''
  let last = 0
  let pending: { readonly charset: string; readonly bytes: Buffer[]; readonly source: string[] } | undefined
  const flush = (): string => {
    const run = pending
    pending = undefined
    return run === undefined ? '' : (decodeBytes(run.charset, Buffer.concat(run.bytes)) ?? run.source.join(' '))
  }
  for (const match of text.matchAll(encodedWord)) {
    const [source, charset = '', encoding = '', encoded = ''] = match
    const between = text.slice(last, match.index)
    // §6.2: blanks between two encoded words are not shown; their octets are joined, as senders cut inside a character.
    if (pending === undefined || between.trim() !== '') decoded += flush() + between
    else if (pending.charset !== charset.toLowerCase()) decoded += flush()
    pending ??= { charset: charset.toLowerCase(), bytes: [], source: [] }
    pending.bytes.push(encoding.toLowerCase() === 'b' ? Buffer.from(encoded, 'base64') : decodeQ(encoded))
    pending.source.push(source)
    last = match.index + source.length
  }
  return withoutControls(decoded + flush() + text.slice(last))
}

const decodeQ = (text: string): Buffer =>
  Buffer.from(
    Buffer.from(text, 'utf8')
      .toString('latin1')
      .replaceAll('_', ' ')
      .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

/** Text of a charset that TextDecoder knows (WHATWG Encoding), else undefined. */
export const decodeBytes = (charset: string, bytes: Buffer): string | undefined => {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return undefined
  }
}

const withoutControls = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')

/** A display name as a phrase (RFC 5322 §3.2.5): a quoted-string, or encoded words when it is not ASCII. */
export const encodePhrase = (text: string): string => {
  const clean = withoutControls(text).toWellFormed()
  return /^[ -~]*$/.test(clean) && !clean.includes('=?') ? `"${clean.replace(/["\\]/g, '\\$&')}"` : encodeWords(clean)
}

/** Encoded words of UTF-8, each of whole characters. Q where most of it is ASCII: it stays readable in a raw view. */
export const encodeWords = (text: string): string => {
  const words: string[] = []
  let part = ''
  let octets = 0
  for (const character of text) {
    const more = Buffer.byteLength(character)
    if (octets + more > wordOctets) {
      words.push(encodeWord(part))
      part = ''
      octets = 0
    }
    part += character
    octets += more
  }
  return part === '' ? words.join(' ') : [...words, encodeWord(part)].join(' ')
}

// B of `wordOctets` fits into 75 characters, and Q is taken only where it is not longer than B.
const encodeWord = (text: string): string => {
  const bytes = Buffer.from(text)
  const q = bytes.toString('latin1').replace(/[^A-Za-z0-9!*+/-]/g, (c) =>
    c === ' ' ? '_' : `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  const b = bytes.toString('base64')
  return q.length <= b.length ? `=?UTF-8?Q?${q}?=` : `=?UTF-8?B?${b}?=`
}

/** A field's value for people: decoded, blanks joined, at most `maxCharacters` long. */
export const readable = (value: string, maxCharacters: number): string => {
  const text = decodeEncodedWords(value.slice(0, maxCharacters * 16)).replace(/\s+/g, ' ').trim().toWellFormed()
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1).toWellFormed().trimEnd()}…`
}
