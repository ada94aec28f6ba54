// How many large messages leave at once. Each is read out of the database chunk by chunk, once for its hash and once to be sent, and the
// chunks of twenty at a time are 76 MB more than those of a few (`npm run bench -- --only memory`).

import { CHUNK_BYTES } from '../store/messages.ts'

const MOST_LARGE = 4

/** Returns what gives the place back, once however often it is called; a message of one chunk needs none. Undefined: `signal` aborted before there was one. */
export type TakePlace = (bytes: number, signal: AbortSignal) => Promise<(() => void) | undefined>

export const createLargePlaces = (): TakePlace => {
  let taken = 0
  const waiting = new Set<() => void>()
  const place = (): (() => void) => {
    taken += 1
    let mine = true
    return () => {
      if (!mine) return
      mine = false
      taken -= 1
      const [next] = waiting
      next?.()
    }
  }
  return (bytes, signal) => new Promise((resolve) => {
    if (bytes <= CHUNK_BYTES) return resolve(() => {})
    const take = (): void => {
      waiting.delete(take)
      signal.removeEventListener('abort', leave)
      resolve(place())
    }
    const leave = (): void => {
      waiting.delete(take)
      resolve(undefined)
    }
    if (signal.aborted) return leave()
    if (taken < MOST_LARGE) return take()
    waiting.add(take)
    signal.addEventListener('abort', leave, { once: true })
  })
}
