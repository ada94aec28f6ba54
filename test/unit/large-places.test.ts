// Large messages take turns, small ones never wait, and who stops while it waits goes without.
import { expect, test } from 'vitest'
import { CHUNK_BYTES } from '../../src/store/messages.ts'
import { createLargePlaces } from '../../src/worker/large-places.ts'

const large = CHUNK_BYTES + 1
const never = new AbortController().signal

test('two large messages at once; the third has the first place that is given back, and a place is given back once', async () => {
  const take = createLargePlaces()
  const places = await Promise.all([1, 2].map(() => take(large, never)))
  const came: string[] = []
  const waits = ['third', 'fourth'].map(async (name) => {
    await take(large, never)
    came.push(name)
  })
  await take(CHUNK_BYTES, never)
  expect(came).toEqual([])
  places[0]!()
  places[0]!()
  await waits[0]
  await take(CHUNK_BYTES, never)
  expect(came).toEqual(['third'])
  places[1]!()
  await waits[1]
  expect(came).toEqual(['third', 'fourth'])
})

test('who waits when the process is stopped has no place, and takes none from the others', async () => {
  const take = createLargePlaces()
  const places = await Promise.all([1, 2].map(() => take(large, never)))
  const stopping = new AbortController()
  const waits = take(large, stopping.signal)
  stopping.abort()
  expect(await waits).toBeUndefined()
  expect(await take(large, stopping.signal)).toBeUndefined()
  places[0]!()
  expect(await take(large, never)).toBeTypeOf('function')
})
