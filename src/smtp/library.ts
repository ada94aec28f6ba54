// What smtp-server 3.21.6 lacks, closed where it writes replies and where it reads commands. All of it is tested against the
// pinned version (test/e2e/conversations): a newer one must be looked at again.

import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import { replyFor, type Reply } from './reply.ts'

const OWN_CODE = /^[245]\.\d{1,3}\.\d{1,3} /
const LF = 10
const CR = 13

/** RFC 5321 §4.5.3.1.4: 512 octets with the CRLF; SIZE, BODY and SMTPUTF8 lengthen MAIL by 26, 17 and 10 (RFC 1870, 6152, 6531). */
const LONGEST_COMMAND = 510
const LONGEST_MAIL = LONGEST_COMMAND + 26 + 17 + 10
/** The library ends a conversation at its tenth unknown command; ours count among them. */
const MOST_UNKNOWN = 9

/** RFC 3207 §4: the others are answered 530 until TLS is there. */
const BEFORE_TLS = new Set(['EHLO', 'HELO', 'NOOP', 'RSET', 'QUIT', 'START'])

type Parser = { _dataMode: boolean; _remainder: string }
type Connection = SMTPConnection & {
  readonly _upgrading: boolean
  readonly session: { readonly id: string }
  readonly secure: boolean
  /** The continuation of AUTH (RFC 4954 §4): the next line is no command. */
  readonly _nextHandler: unknown
  readonly _server: { readonly beforeCommand?: BeforeCommand; readonly needsTls?: boolean }
  /** While a handshake runs, the socket that it runs on. */
  handshaking?: { destroy(): void }
}
/** Set on a server: a reply ends the conversation before the command is looked at. */
export type BeforeCommand = (id: string, verb: string) => Reply | undefined
type OnCommand = (this: Connection, command: Buffer, next?: () => void) => void
type Write = (this: Parser, chunk: Buffer, encoding: BufferEncoding, next: (error?: Error | null) => void) => void

/** Stands in a command for what cannot be there, a NUL or a bare LF. */
const MARK = 0
const MARKED_LINE_END = Buffer.from([MARK, CR, LF])

export const mendLibrary = (): void => {
  if (mended) return
  mended = true
  mendReplies()
  mendCommands()
  mendLines()
  mendHandshake()
  mendSignIn()
}
let mended = false

/**
 * Its enhanced status code depends on the reply code alone and doubles ours: a text that begins with its own code gets no second one.
 * And a client hears one thing when we stop (choice 15), whether we tell it or the library answers its next command.
 */
const mendReplies = (): void => {
  const send = SMTPConnection.prototype.send
  SMTPConnection.prototype.send = function (code, text, context) {
    const said = text === 'Server shutting down' ? replyFor('stopping').message : text
    return send.call(this, code, said, typeof said === 'string' && OWN_CODE.test(said) ? false : context)
  }
}

/**
 * - a command is text of a bounded length that ends in CRLF;
 * - commands that SMTP knows and we don't have are 502, not 500 (RFC 5321 §4.2.4). After BDAT come octets of a message
 *   (RFC 3030 §2), which must not run as commands: the conversation ends.
 */
const mendCommands = (): void => {
  const connection = SMTPConnection.prototype as unknown as { _onCommand: OnCommand }
  const onCommand = connection._onCommand
  connection._onCommand = function (command, next = () => {}) {
    // Both are the library's to answer: nothing, and a 421.
    if (this._upgrading || !this._ready) return onCommand.call(this, command, next)
    const refuse = (reply: Reply): void => this.send(reply.responseCode, reply.message)
    const verb = command.subarray(0, 5).toString('latin1').trimEnd().toUpperCase()
    const over = this._server.beforeCommand?.(this.session.id, verb)
    if (over) {
      refuse(over)
      return this.close()
    }
    if (command.includes(MARK)) {
      refuse(replyFor('no-command'))
      return this.close()
    }
    if (this._nextHandler) return onCommand.call(this, command, next)
    if (command.length > (verb === 'MAIL' ? LONGEST_MAIL : LONGEST_COMMAND)) {
      refuse(replyFor('line-too-long'))
      return void setImmediate(next)
    }
    if (this._server.needsTls && !this.secure && !BEFORE_TLS.has(verb)) {
      refuse(replyFor('tls-needed'))
      return void setImmediate(next)
    }
    switch (verb) {
      case 'BDAT':
        refuse(replyFor('not-implemented'))
        return this.close()
      case 'AUTH':
        if (this._server.needsTls) break
      // falls through
      case 'EXPN':
        if (this._unrecognizedCommands >= MOST_UNKNOWN) break
        this._unrecognizedCommands += 1
        refuse(replyFor('not-implemented'))
        return void setImmediate(next)
    }
    return onCommand.call(this, command, next)
  }
}

/**
 * - it takes commands that end in a bare LF (RFC 5321 §2.3.8 forbids them; SMTP smuggling lives on them);
 * - it waits for the end of a line that cannot be a command any more: a TLS ClientHello, with its NULs, waits for an answer.
 *   The first of either in a segment becomes a marked line. Where it belongs to the data that follow in the same segment, they
 *   are refused all the same: they have a NUL then;
 * - it runs a last line without an end when the client goes away: what was not sent whole was not said.
 */
const mendLines = (): void => {
  const stream = SMTPStream.prototype as unknown as { _write: Write; _flushData: (this: Parser) => void }
  const write = stream._write
  stream._write = function (chunk, encoding, next) {
    return write.call(this, this._dataMode ? chunk : marked(chunk, this._remainder.endsWith('\r')), encoding, next)
  }
  stream._flushData = function () {
    this._remainder = ''
  }
}

/** A handshake that never ends must be destroyed from above: the socket below it alone would take the process with it. */
const mendHandshake = (): void => {
  const connection = SMTPConnection.prototype as unknown as { _armTimeout: (this: Connection, socket?: { destroy(): void }) => void }
  const arm = connection._armTimeout
  connection._armTimeout = function (socket) {
    if (this._upgrading && socket) this.handshaking = socket
    return arm.call(this, socket)
  }
}

/** It offers AUTH before TLS, where it then refuses it: who believes the offer sends a password in the clear. */
const mendSignIn = (): void => {
  const connection = SMTPConnection.prototype as unknown as { _isSupported: (this: Connection, command: string) => boolean }
  const isSupported = connection._isSupported
  connection._isSupported = function (command) {
    return isSupported.call(this, command) && (command !== 'AUTH' || !this._server.needsTls || this.secure)
  }
}

const marked = (chunk: Buffer, afterCr: boolean): Buffer => {
  const at = firstStray(chunk, afterCr)
  return at < 0 ? chunk : Buffer.concat([chunk.subarray(0, at), MARKED_LINE_END, chunk.subarray(at + 1)])
}

/** Where the first NUL or bare LF is, or -1. */
const firstStray = (chunk: Buffer, afterCr: boolean): number => {
  const nul = chunk.indexOf(0)
  for (let at = chunk.indexOf(LF); at >= 0 && (nul < 0 || at < nul); at = chunk.indexOf(LF, at + 1)) {
    if (at === 0 ? !afterCr : chunk[at - 1] !== CR) return at
  }
  return nul
}
