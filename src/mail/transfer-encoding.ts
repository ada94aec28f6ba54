// Content-Transfer-Encodings both ways (RFC 2045 §6), as lenient as the programs that read mail: what they would show is what must be seen.
import { Buffer } from 'node:buffer'

const LINE = 76
const MAX_LINE_OCTETS = 998 // RFC 5321 §4.5.3.1.6

/** Undefined: an encoding that we do not know. */
export const decodeTransfer = (encoding: string, bytes: Buffer): Buffer | undefined => {
  switch (encoding) {
    case '7bit': case '8bit': case 'binary': return bytes
    case 'base64': return decodeBase64(bytes)
    case 'quoted-printable': return decodeQuotedPrintable(bytes)
    case 'x-uuencode': case 'x-uue': case 'uuencode': return decodeUu(bytes.toString('latin1'))
    default: return undefined
  }
}

/** Undefined: it can't be said in this encoding. Who says 7bit and means 8bit may go on to. */
export const encodeTransfer = (encoding: string, bytes: Buffer): Buffer | undefined => {
  switch (encoding) {
    case '7bit': case '8bit': return hasShortLines(bytes) ? bytes : undefined
    case 'binary': return bytes
    case 'base64': return Buffer.from(bytes.toString('base64').replace(/.{1,76}/g, '$&\r\n'), 'latin1')
    case 'quoted-printable': return Buffer.from(encodeQuotedPrintable(bytes), 'latin1')
    default: return undefined
  }
}

const WINDOW_OCTETS = 64 * 1024

// Window by window: as one string 35 MiB would take as much again. Buffer stops at the first `=`; bodies of base64 blocks put together go on behind it.
const decodeBase64 = (bytes: Buffer): Buffer => {
  const decoded = Buffer.allocUnsafe(Math.ceil(bytes.length / 4) * 3 + 3)
  let length = 0
  let left = ''
  const write = (block: string): void => {
    length += decoded.write(block, length, 'base64')
  }
  for (let at = 0; at < bytes.length; at += WINDOW_OCTETS) {
    const text = left + bytes.toString('latin1', at, at + WINDOW_OCTETS).replace(/[^A-Za-z0-9+/=_-]+/g, '')
    const blocks = text.includes('=') ? text.split(/=+/) : [text]
    const last = blocks.pop()!
    for (const block of blocks) write(block)
    const whole = last.length - (last.length % 4)
    write(last.slice(0, whole))
    left = last.slice(whole)
  }
  write(left)
  return decoded.subarray(0, length)
}

const decodeQuotedPrintable = (bytes: Buffer): Buffer => {
  const decoded = Buffer.allocUnsafe(bytes.length)
  let length = 0
  for (let i = 0; i < bytes.length; i += 1) {
    const octet = bytes[i]!
    if (octet !== 61) {
      decoded[length++] = octet
      continue
    }
    const value = hexAt(bytes, i + 1)
    if (value >= 0) {
      decoded[length++] = value
      i += 2
      continue
    }
    let end = i + 1
    while (bytes[end] === 32 || bytes[end] === 9) end += 1
    if (bytes[end] === 13) end += 1
    if (bytes[end] === 10) i = end
    else if (end < bytes.length) decoded[length++] = octet
    else break
  }
  return decoded.subarray(0, length)
}

const hexAt = (bytes: Buffer, at: number): number => {
  const high = hexDigit(bytes[at])
  const low = hexDigit(bytes[at + 1])
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

const hexDigit = (octet: number | undefined): number => {
  if (octet === undefined) return -1
  if (octet >= 48 && octet <= 57) return octet - 48
  const lower = octet | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

// Lines of the text stay lines (they are CRLF already); a lone CR or LF is data.
const encodeQuotedPrintable = (bytes: Buffer): string => bytes.toString('latin1').split('\r\n').map(quotedLine).join('\r\n')

const quotedLine = (line: string): string => {
  const safe = line.replace(/[^\t -<>-~]|[\t ]$/g, (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/^\.$/, '=2E').replace(/^From /, '=46rom ')
  if (safe.length <= LINE) return safe
  const pieces: string[] = []
  for (let at = 0; at < safe.length; ) {
    let end = Math.min(safe.length, at + LINE - 1)
    if (end < safe.length) {
      if (safe[end - 1] === '=') end -= 1
      else if (safe[end - 2] === '=') end -= 2
    }
    pieces.push(safe.slice(at, end))
    at = end
  }
  return pieces.join('=\r\n')
}

const hasShortLines = (bytes: Buffer): boolean => {
  for (let line = 0; line < bytes.length; ) {
    const end = bytes.indexOf(10, line)
    const next = end < 0 ? bytes.length : end + 1
    if (next - line > MAX_LINE_OCTETS + 2) return false
    line = next
  }
  return true
}

/** What stands between `begin 644 name` and `end`, all such blocks put together. */
export const decodeUu = (text: string): Buffer => {
  const blocks: Buffer[] = []
  let inside = false
  for (const line of text.split(/\r?\n/)) {
    if (/^begin(?:-base64)? [0-7]{3,4} /.test(line)) inside = true
    else if (line === 'end') inside = false
    else if (inside) blocks.push(uuLine(line))
  }
  return Buffer.concat(blocks)
}

const uuLine = (line: string): Buffer => {
  const length = (line.charCodeAt(0) - 32) & 63
  const octets: number[] = []
  for (let i = 1; i < line.length && octets.length < length; i += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((k) => (line.charCodeAt(i + k) - 32) & 63)
    octets.push((a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d)
  }
  return Buffer.from(octets.slice(0, length))
}
