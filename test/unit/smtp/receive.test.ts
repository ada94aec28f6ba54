// DATA in pieces of every size: the same message, and no more memory for it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, expect, test } from 'vitest'
import { receive, type Received } from '../../../src/smtp/receive.ts'

const spoolFolder = mkdtempSync(join(tmpdir(), 'burnbox-receive-'))
afterAll(() => rmSync(spoolFolder, { recursive: true, force: true }))

const header = 'From: Shop <shop@shop.example>\r\nSubject: pieces\r\n'
const message = (octets: number): Buffer => Buffer.from(`${header}\r\n${`${'x'.repeat(76)}\r\n`.repeat(Math.ceil(octets / 78))}`)

async function* cut(bytes: Buffer, octets: number): AsyncGenerator<Buffer> {
  // Each a buffer of its own, as they come from a socket.
  for (let at = 0; at < bytes.length; at += octets) yield Buffer.from(bytes.subarray(at, at + octets))
}

const contentOf = async (received: Received): Promise<{ readonly header: string; readonly body: Buffer }> => {
  if (received.kind !== 'content') throw new Error(received.kind)
  const pieces: Buffer[] = []
  for await (const piece of received.content.read(received.content.bodyOffset)) pieces.push(piece)
  const { header } = received.content
  await received.discard()
  return { header: header.toString(), body: Buffer.concat(pieces) }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Octets that are still needed. */
const inUse = (): number => {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

test.each([[1, 10_000], [1, 300_000], [3, 600_000], [1_000, 300_000], [65_536, 300_000], [400_000, 900_000]])(
  'pieces of %i octets, a message of %i', async (octets, size) => {
    const whole = message(size)
    const content = await contentOf(await receive(cut(whole, octets), { bytes: 1_000_000, spoolFolder }))
    expect(content.header).toBe(header)
    expect(content.body.equals(whole.subarray(header.length))).toBe(true)
  },
)

test('J07 250 KB in segments of one octet take the room of 250 KB, not a buffer for each', async () => {
  const whole = message(250_000)
  const before = inUse()
  let most = 0
  async function* watched(): AsyncGenerator<Buffer> {
    let n = 0
    for await (const piece of cut(whole, 1)) {
      yield piece
      if (++n % 50_000 !== 0) continue
      most = Math.max(most, inUse() - before)
    }
  }
  await contentOf(await receive(watched(), { bytes: 1_000_000, spoolFolder }))
  // 250,000 buffers kept: over 40 MB.
  expect(most).toBeLessThan(20_000_000)
})

test('A23 three times the limit is cut off at twice, and takes less than 16 MB on the way', async () => {
  const limit = 36_700_160
  const before = inUse()
  let [given, most] = [0, 0]
  async function* endless(): AsyncGenerator<Buffer> {
    while (given < 3 * limit) {
      yield Buffer.alloc(65_536, `${'y'.repeat(62)}\r\n`)
      given += 65_536
      if (given % (16 * 65_536) === 0) most = Math.max(most, inUse() - before)
    }
  }
  expect(await receive(endless(), { bytes: limit, spoolFolder })).toEqual({ kind: 'far-too-large' })
  expect(given).toBeLessThanOrEqual(2 * limit + 65_536)
  expect(most).toBeLessThan(16 * 1_048_576)
})

test('a disk that has no room and one that is broken are told apart', async () => {
  const gone = join(spoolFolder, 'gone')
  expect(await receive(cut(message(300_000), 4_096), { bytes: 1_000_000, spoolFolder: gone })).toEqual({ kind: 'spool-full' })
})
