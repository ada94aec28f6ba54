// A46: lines that begin with dots, at every place and cut anywhere, through our stuffing and the ingress's parser and back: 6,000 cases.
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import fc from 'fast-check'
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js'
import { expect, test } from 'vitest'
import { dotStuffed } from '../../src/mail/dot-stuffing.ts'
import { mendLibrary } from '../../src/smtp/library.ts'
import { seeded } from './hostile.ts'

mendLibrary()

/** What the parser makes of the octets of DATA that come in these pieces, and the commands that it sees behind them. */
const parsed = async (pieces: readonly Buffer[]): Promise<{ readonly content: string; readonly commands: readonly string[] }> => {
  const parser = new SMTPStream()
  const commands: string[] = []
  parser.oncommand = (command, done) => {
    commands.push(command.toString())
    done?.()
  }
  const stream = parser.startDataMode()
  let content = ''
  stream.on('data', (piece: Buffer) => { content += piece.toString('latin1') })
  stream.once('end', () => parser.continue())
  const ended = once(stream, 'end')
  for (const piece of pieces) parser.write(piece)
  await ended
  parser.end('NOOP\r\n')
  await once(parser, 'finish')
  return { content, commands }
}

test('A46 6,000 bodies of dots and line ends, cut anywhere: what comes in is what was stuffed, and nothing of it is a command', async () => {
  const part = fc.constantFrom('.', '..', '...', '\r\n', '\r\n.', 'a', '.\r\n', '\r\n..\r\n', '\r\n.\r', ' ')
  const cut = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
    const ends = [...new Set(cuts.map((at) => at % (bytes.length + 1)))].sort((a, b) => a - b)
    return [0, ...ends].map((start, n) => bytes.subarray(start, ends[n] ?? bytes.length))
  }
  await fc.assert(fc.asyncProperty(fc.array(part, { maxLength: 14 }), fc.array(fc.nat(200), { maxLength: 6 }), async (parts, cuts) => {
    const content = `${parts.join('').replaceAll(/\r(?!\n)/g, '')}\r\n`
    const sent = Buffer.concat(dotStuffed(cut(Buffer.from(content), cuts)))
    for (const pieces of [cut(sent, cuts), [...sent].map((octet) => Buffer.of(octet))]) {
      expect(await parsed(pieces)).toEqual({ content, commands: ['NOOP'] })
    }
  }), seeded(46, 6_000))
})
