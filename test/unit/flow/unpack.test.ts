// Archives in replies, honest and hostile: what is in them is read, or they are unreadable; nothing is passed over.
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { newBudget, unpack, type Budget } from '../../../src/flow/unpack.ts'
import { zip } from '../../support/leak-files.ts'

const read = async (bytes: Buffer, budget: Budget = newBudget()) => {
  const all: string[] = []
  for await (const one of unpack({ packing: 'zip', bytes }, budget)) all.push(one.kind === 'file' ? `${one.name}=${one.bytes.toString()}` : 'unreadable')
  return all
}
const two = zip({ 'a.txt': 'first', '../b.txt': 'second' })
/** The same with octets of the n-th record of the directory changed. */
const changed = (n: number, at: number, ...octets: readonly number[]): Buffer => {
  const bytes = Buffer.from(two)
  let record = -1
  for (let i = 0; i <= n; i++) record = bytes.indexOf('PK\u0001\u0002', record + 1, 'latin1')
  bytes.set(octets, record + at)
  return bytes
}

test('files, and their names whatever path they say', async () => {
  expect(await read(two)).toEqual(['a.txt=first', '../b.txt=second', '=\na.txt\n\n../b.txt\n'])
})

test('N06 one in the 64-bit form', async () => {
  const big = new ZipFile()
  big.addBuffer(Buffer.from('first'), 'a.txt', { forceZip64Format: true })
  big.end({ forceZip64Format: true, comment: '' })
  expect(await read(await buffer(big.outputStream))).toEqual(['a.txt=first', '=\na.txt\n'])
})

test('an entry with a password: its name is read, and the others', async () => {
  expect(await read(changed(0, 8, 1))).toEqual(['../b.txt=second', '=\na.txt\n\n../b.txt\n'])
})

test('an entry in a form that nobody reads here', async () => {
  expect(await read(changed(0, 10, 99))).toEqual(['unreadable', '../b.txt=second', '=\na.txt\n\n../b.txt\n'])
})

test.each([
  ['no directory', two.subarray(0, -22)], ['a directory that lies elsewhere', Buffer.concat([Buffer.from('MZ'), two])],
  ['a record that is none', changed(1, 0, 0)], ['more after its end', Buffer.concat([two, Buffer.from('x')])],
  ['an entry that says it is smaller than it is', changed(1, 24, 1)],
])('%s: unreadable', async (_, bytes) => {
  expect((await read(bytes)).at(-1)).toBe('unreadable')
})

test('no more comes out than the budget has, of octets and of files', async () => {
  const bomb = zip({ a: Buffer.alloc(1_000_000), b: Buffer.alloc(1_000_000) })
  const octets = { octets: 1_500_000, files: 10 }
  expect((await read(bomb, octets)).map((one) => one.length > 100 ? 'large' : one)).toEqual(['large', 'unreadable'])
  expect((await read(two, { octets: 1_000, files: 1 })).at(-1)).toBe('unreadable')
})
