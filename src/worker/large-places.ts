// How many large messages leave the queue at once: each is read out of the database twice, once for its hash and once to be sent
// (README 7; `npm run bench -- --only memory`).

import { CHUNK_BYTES } from '../store/messages.ts'

const MOST_LARGE = 2

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
