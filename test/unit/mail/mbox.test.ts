// mbox and back: every octet, however it is cut into pieces.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mboxMessage, readMbox } from '../../../src/mail/mbox.ts'

const from = { reversePath: 'a@shop.example', at: new Date('2026-07-04T09:05:06Z') }
const pieces = (bytes: Buffer, size: number): Buffer[] => Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size,
  (n + 1) * size))
const written = async (messages: readonly Buffer[], size: number): Promise<Buffer> => {
  const all: Buffer[] = []
  for (const message of messages) for await (const part of mboxMessage(from, [], pieces(message, size))) all.push(part)
  return Buffer.concat(all)
}
const read = async (mbox: Buffer, size: number, most = 1_000_000): Promise<(string | undefined)[]> => {
  const all: (string | undefined)[] = []
  for await (const one of readMbox((async function* () { yield* pieces(mbox, size) })(), most)) all.push(one?.toString('latin1'))
  return all
}

describe('mbox', () => {
  test('a From line with asctime, our own lines, lines that begin with From quoted, LF', async () => {
    const all: Buffer[] = []
    const message = Buffer.from('Subject: x\r\n\r\nFrom here\r\n>From there\r\nnot From\r\n')
    for await (const part of mboxMessage(from, ['X-Burnbox-Held: 1'], [message])) all.push(part)
    expect(Buffer.concat(all).toString()).toBe(
      'From a@shop.example Sat Jul  4 09:05:06 2026\nX-Burnbox-Held: 1\nSubject: x\n\n>From here\n>>From there\nnot From\n\n')
  })

  test('the null reverse-path, and one that would break the line', async () => {
    for (const reversePath of ['', 'a b@x\n']) {
      const { value } = await mboxMessage({ ...from, reversePath }, [], []).next()
      expect(String(value)).toMatch(/^From MAILER-DAEMON Sat/)
    }
  })

  test('several messages come back as they were, cut at every place', async () => {
    const messages = ['A: 1\r\n\r\nFrom \r\n>From \r\n\r\n\r\n', 'B: 2\r\n\r\n\u00e9\u0000F\r\nFro\r\n', 'C: 3\r\n\r\n'].map((text) => Buffer.from(text,
      'latin1'))
    const wanted = messages.map((message) => message.toString('latin1'))
    for (const size of [1, 2, 3, 5, 7, 64, 1_000]) expect(await read(await written(messages, size), size), String(size)).toEqual(wanted)
  })

  test('whatever lines there are', async () => {
    const line = fc.oneof(fc.constantFrom('From ', '>From x', '>>>From', 'From', '', '>', 'Fr'),
      fc.string({ maxLength: 20 }).map((text) => text.replace(/[^\x20-\x7e]/g, '.')))
    const message = fc.array(line, { maxLength: 12 }).map((lines) => `H: x\r\n\r\n${lines.map((one) => `${one}\r\n`).join('')}`)
    await fc.assert(fc.asyncProperty(fc.array(message, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), async (texts,
      cut, cut2) => {
      expect(await read(await written(texts.map((text) => Buffer.from(text, 'latin1')), cut), cut2)).toEqual(texts)
    }), { numRuns: 200 })
  })

  test('one that is too large is told, the next one comes', async () => {
    const messages = [Buffer.from(`A: 1\r\n\r\n${'x'.repeat(5_000)}\r\n`), Buffer.from('B: 2\r\n\r\n')]
    expect(await read(await written(messages, 64), 64, 1_000)).toEqual([undefined, 'B: 2\r\n\r\n'])
  })
})
