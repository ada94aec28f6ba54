// The body as DKIM's "relaxed" canonicalisation sees it (RFC 6376 §3.4.4), in pieces, so that a large message need not lie in memory.
import { Buffer } from 'node:buffer'

/** What a hash is: it has read the bytes when `update` returns. */
export type Sink = { readonly update: (bytes: Buffer) => unknown }

const tab = 9
const lf = 10
const cr = 13
const space = 32
const pieceOctets = 16 * 1024
// One for all: nothing of it is in use when a call returns. Room for a piece, whatever waited before it, and line ends up to the half.
const out = Buffer.allocUnsafeSlow(4 * pieceOctets)

/**
 * Give `write` the pieces of a message from the empty line on (that line itself is no part of the body), then call `end`.
 * A bare LF counts as a line end, a bare CR as an octet like any other.
 */
export const canonicalBody = (sink: Sink): { readonly write: (piece: Uint8Array) => void; readonly end: () => void } => {
  // Line ends that wait for text behind them: those at the end of the body do not count. The first is that of the empty line.
  let lineEnds = -1
  let blank = false
  let carriageReturn = false
  let empty = true

  const writeSome = (piece: Uint8Array): void => {
    let length = 0
    for (let at = 0; at < piece.length; at++) {
      const octet = piece[at]!
      if (octet === lf) {
        carriageReturn = false
        blank = false
        lineEnds += 1
      } else if (octet === cr && !carriageReturn) carriageReturn = true
      else if ((octet === space || octet === tab) && !carriageReturn) blank = true
      else {
        for (; lineEnds > 0; lineEnds--) {
          if (length > 2 * pieceOctets) {
            sink.update(out.subarray(0, length))
            length = 0
          }
          out[length++] = cr
          out[length++] = lf
        }
        lineEnds = 0
        empty = false
        if (blank) out[length++] = space
        blank = octet === space || octet === tab
        if (carriageReturn) out[length++] = cr
        carriageReturn = octet === cr
        if (blank || carriageReturn) continue
        out[length++] = octet
        // Most of a body. With it 8 KB take 30 µs, octet by octet through all of the above 120.
        for (let next = piece[at + 1]!; next > space; next = piece[at + 1]!) {
          out[length++] = next
          at += 1
        }
      }
    }
    if (length > 0) sink.update(out.subarray(0, length))
  }

  return {
    write: (piece) => {
      for (let at = 0; at < piece.length; at += pieceOctets) writeSome(piece.subarray(at, at + pieceOctets))
    },
    end: () => {
      if (carriageReturn) writeSome(Buffer.from('\r'))
      if (!empty) sink.update(Buffer.from('\r\n'))
    },
  }
}
