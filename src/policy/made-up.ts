// Which address may come to be by the mail that comes to it, at a domain whose owner wants that; and how many a day.

import { matchesGlob, readGlob } from './glob.ts'
import { checkCustomLocalPart } from './local-part.ts'

export type MadeUpMode = 'off' | 'on' | 'pattern'
export type MadeUpRule = { readonly mode: MadeUpMode; readonly pattern: string | null; /** New ones a day; the mail of more is held. */ readonly daily: number }

export const MADE_UP_DAILY = 20

/** So many new ones of one message: who writes to more at once tries names. */
export const MOST_NEW_OF_MESSAGE = 10

/** Less than an owner may choose: a plus or an equals sign would ask for something else. */
const isPlain = /^[a-z0-9._-]+$/

/** @param localPart in lower case */
export const mayBeMadeUp = (localPart: string, { mode, pattern }: MadeUpRule): boolean => {
  if (mode === 'off' || !isPlain.test(localPart) || /^[rbu]\./.test(localPart) || checkCustomLocalPart(localPart).kind !== 'ok') return false
  if (mode === 'on') return true
  const read = readGlob(pattern ?? '')
  return read.kind === 'ok' && matchesGlob(read.glob, localPart)
}

/** Beyond `daily` they are made and their mail is held; beyond this nothing is made that day: a day's guesses fill no table. */
export const mostMadeUp = ({ daily }: Pick<MadeUpRule, 'daily'>): number => Math.max(100, 10 * daily)
