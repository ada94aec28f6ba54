// A message file as a sender's server would send it, and its repair when it is refused as specified, so that its body is tried all the same.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every .eml below a folder, in the order of the names. */
export function messageFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.toLowerCase().endsWith('.eml')).sort().map((name) => join(folder, name))
}

/** Line ends become CRLF, and the last line gets one; a CR in the middle of a line stays what it is. */
export function asSent(file: string): Buffer {
  const text = readFileSync(file).toString('latin1').replace(/\r?\n/g, '\r\n')
  return Buffer.from(text === '' || text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1')
}

/** Everything from the empty line on; nothing when there is none. */
export function bodyOf(message: Buffer): Buffer {
  if (message.subarray(0, 2).toString('latin1') === '\r\n') return message
  const at = message.indexOf('\r\n\r\n')
  return at < 0 ? Buffer.alloc(0) : message.subarray(at + 2)
}

/** What each refusal of a whole message asks for. Undefined: this reply has no repair. */
export function repaired(message: Buffer, reply: string): Buffer | undefined {
  if (reply.startsWith('550 5.7.1 The From')) return withOneFrom(message)
  if (reply.startsWith('550 5.5.2')) return Buffer.from(message.toString('latin1').replace(/\0/g, ' ').replace(/\r(?!\n)/g, '\r\n'), 'latin1')
  return undefined
}

/** One From that can be judged, in the place of whatever was there; a header that begins with a blank loses that line. */
function withOneFrom(message: Buffer): Buffer {
  const body = bodyOf(message)
  const header = message.subarray(0, message.length - body.length).toString('latin1')
  const kept = header.replace(/^(?:[ \t].*\r\n)+/, '').replace(/^from[ \t]*(?:\r\n[ \t]+)*:.*\r\n(?:[ \t].*\r\n)*/gim, '')
  return Buffer.concat([Buffer.from(`${kept}From: Torture <torture@sender.example>\r\n`, 'latin1'), body])
}
