// Two gaps of smtp-server 3.21.6, closed where it writes replies and where it reads commands. Both are tested against the
// pinned version: a newer one must be looked at again.

import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import { replyFor } from './reply.ts'

const OWN_CODE = /^[245]\.\d{1,3}\.\d{1,3} /
const LF = 10
const CR = 13

type Parser = { _dataMode: boolean; _remainder: string }
type OnCommand = (this: SMTPConnection & { readonly _upgrading: boolean }, command: Buffer, next?: () => void) => void
type Write = (this: Parser, chunk: Buffer, encoding: BufferEncoding, next: (error?: Error | null) => void) => void

/** Stands for a bare LF. A line with it is refused: no command has a NUL of its own. */
const BARE_LF_MARK = '\0'

/**
 * - its enhanced status code depends on the reply code alone and doubles ours: a text that begins with its own code gets no second one;
 * - it takes commands that end in a bare LF (RFC 5321 §2.3.8 forbids them; SMTP smuggling lives on them): such a line is marked.
 *   Data that follow in the same segment are marked too, and refused as what they are: a bare LF.
 */
export const mendLibrary = (): void => {
  if (mended) return
  mended = true

  const send = SMTPConnection.prototype.send
  SMTPConnection.prototype.send = function (code, text, context) {
    return send.call(this, code, text, typeof text === 'string' && OWN_CODE.test(text) ? false : context)
  }

  const connection = SMTPConnection.prototype as unknown as { _onCommand: OnCommand }
  const onCommand = connection._onCommand
  connection._onCommand = function (command, next) {
    if (this._upgrading || !command?.includes(BARE_LF_MARK)) return onCommand.call(this, command, next)
    const { responseCode, message } = replyFor('bare-line-feed')
    this.send(responseCode, message)
    this.close()
  }

  const prototype = SMTPStream.prototype as unknown as { _write: Write }
  const write = prototype._write
  prototype._write = function (chunk, encoding, next) {
    return write.call(this, this._dataMode ? chunk : markBareLf(chunk, this._remainder.endsWith('\r')), encoding, next)
  }
}
let mended = false

const markBareLf = (chunk: Buffer, afterCr: boolean): Buffer => {
  const pieces: Buffer[] = []
  let from = 0
  for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
    if (at === 0 ? afterCr : chunk[at - 1] === CR) continue
    pieces.push(chunk.subarray(from, at), Buffer.from(`${BARE_LF_MARK}\r\n`))
    from = at + 1
  }
  return pieces.length === 0 ? chunk : Buffer.concat([...pieces, chunk.subarray(from)])
}
