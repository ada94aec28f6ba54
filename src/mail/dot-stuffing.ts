// How content goes over the wire: a dot more before each line that begins with one, and the final dot (RFC 5321 §4.5.2).
import { Buffer } from 'node:buffer'

const lf = 10
const dot = 46
const oneDot = Buffer.from('.')
const finalDot = Buffer.from('.\r\n')
const lineEndAndFinalDot = Buffer.from('\r\n.\r\n')
const dotLine = Buffer.from('\n.')

/** The pieces of one content whose lines all end in CRLF, final dot included. Bytes are shared, not copied; only dots are looked for. */
export const dotStuffed = (pieces: readonly Buffer[]): Buffer[] => {
  const out: Buffer[] = []
  let atLineStart = true
  for (const piece of pieces) {
    if (piece.length === 0) continue
    if (atLineStart && piece[0] === dot) out.push(oneDot)
    let from = 0
    for (let at = piece.indexOf(dotLine); at >= 0; at = piece.indexOf(dotLine, from)) {
      out.push(piece.subarray(from, at + 1), oneDot)
      from = at + 1
    }
    out.push(piece.subarray(from))
    atLineStart = piece[piece.length - 1] === lf
  }
  out.push(atLineStart ? finalDot : lineEndAndFinalDot)
  return out
}
