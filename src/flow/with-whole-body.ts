// Work on the body of a message as a whole, which lies in memory for it.

import { Buffer } from 'node:buffer'
import { bodyOf, type Content } from '../mail/content.ts'
import { createTurns } from './in-turn.ts'

/** More of them than this lie in memory one after the other. */
const LARGE_OCTETS = 256 * 1024
const inTurn = createTurns()

export const isLarge = (content: Content): boolean => content.size > LARGE_OCTETS

/** `body` from the empty line on. */
export const withWholeBody = <T>(content: Content, work: (body: Buffer) => T | Promise<T>): Promise<T> => {
  const run = async (): Promise<T> => work(Buffer.from((await bodyOf(content)).buffer))
  return isLarge(content) ? inTurn(run) : run()
}
