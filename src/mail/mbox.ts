// mbox (RFC 4155) in its variant "rd": lines that begin with From, after any number of >, get one > more, so that every octet comes back.
// Lines end with LF in it and with CRLF outside.
import { Buffer } from 'node:buffer'

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const two = (n: number, pad = '0'): string => String(n).padStart(2, pad)

/** As asctime in UTC; without a sender's address what mail programs write. `first` are whole header lines of our own, without their ends. */
export async function* mboxMessage(
  from: { readonly reversePath: string; readonly at: Date }, first: readonly string[], message: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const { at } = from
  const day = `${days[at.getUTCDay()]} ${months[at.getUTCMonth()]} ${two(at.getUTCDate(), ' ')}`
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} ${at.getUTCFullYear()}`
  const sender = /^[\x21-\x7e]+$/.test(from.reversePath) ? from.reversePath : 'MAILER-DAEMON'
  yield Buffer.from(`From ${sender} ${day} ${time}\n${first.map((line) => `${line}\n`).join('')}`)
  let [kept, atStart] = ['', true]
  for await (const piece of message) {
    const text = kept + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1')
    // What may become CRLF or a quoted From with the next piece waits for it.
    const waits = /(?:\r|(?:^|\n)>*(?:F(?:r(?:o(?:m)?)?)?)?)$/.exec(text)
    const end = waits && (waits[0] !== '' || text.endsWith('\n')) && (atStart || waits.index > 0 || waits[0].startsWith('\n') || waits[0] === '\r')
      ? waits.index + (waits[0].startsWith('\n') ? 1 : 0) : text.length
    kept = text.slice(end)
    if (end === 0) continue
    yield quoted(text.slice(0, end), atStart)
    atStart = text[end - 1] === '\n'
  }
  if (kept !== '') yield quoted(kept, atStart)
  yield Buffer.from('\n')
}

const quoted = (text: string, atStart: boolean): Buffer => Buffer.from(
  text.replaceAll('\r\n', '\n').replace(/(^|\n)(?=>*From )/g, (_, before: string) => before === '\n' || atStart ? `${before}>` : ''), 'latin1')

/** The messages of an mbox as they were. One that is larger than `mostBytes` comes as undefined. */
export async function* readMbox(mbox: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<Buffer | undefined> {
  let parts: string[] = []
  let length = 0
  let tail = ''
  const take = (text: string): void => {
    length += text.length
    if (length <= mostBytes * 1.1 + 1_000) parts.push(text)
  }
  const ended = (): Buffer | undefined => {
    const whole = length > mostBytes * 1.1 + 1_000 ? undefined : unquoted(parts.join(''))
    parts = []
    length = 0
    return whole && whole.length <= mostBytes ? whole : undefined
  }
  for await (const piece of mbox) {
    let text = tail + Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1')
    for (let at = text.indexOf('\nFrom '); at >= 0; at = text.indexOf('\nFrom ')) {
      take(text.slice(0, at + 1))
      yield ended()
      text = text.slice(at + 1)
    }
    tail = text.slice(-5)
    take(text.slice(0, text.length - tail.length))
  }
  take(tail)
  if (length > 0) yield ended()
}

/** Without its From line and the empty line behind it. */
const unquoted = (text: string): Buffer => Buffer.from(
  text.slice(text.indexOf('\n') + 1).replace(/\n$/, '').replace(/^>(?=>*From )/gm, '').replaceAll('\n', '\r\n'), 'latin1')
