// How much an account may send: replies an hour, new correspondents and octets a day, replies to one correspondent an hour. Counted for all
// processes together, before anything leaves (cases K07, K20, D22).

import type { AliasFact, CorrespondentFact } from '../policy/decide.ts'
import { takeAmounts } from '../store/amounts.ts'
import type { Host } from './host.ts'
import type { ReplyRefusal } from './incoming.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A person's day has fewer; whoever has taken over an inbox gets no further. */
const NEW_A_DAY = 50
/** 500 MB, counted in KiB: twenty with the largest attachments. */
const KIB_A_DAY = Math.floor(500_000_000 / 1024)
/** Two machines that answer each other stop here, should one of them not say what it is. */
const TO_ONE_AN_HOUR = 30

export const takeReplies = async (
  host: Host, alias: AliasFact, to: readonly CorrespondentFact[], octets: number, repliesHourly: number,
): Promise<Extract<ReplyRefusal, 'too-many-replies' | 'too-many-correspondents'> | undefined> => {
  const key = (...what: readonly string[]): Buffer => host.keys.hash('tries', 'reply', alias.accountId, ...what)
  const newOnes = to.filter(({ writtenAt }) => writtenAt === null).length
  const now = host.clock.now()
  const few = await takeAmounts(host.db, [
    { key: key('hour'), amount: to.length, limit: { most: repliesHourly, windowMs: HOUR_MS } },
    { key: key('day'), amount: Math.ceil(octets / 1024) * to.length, limit: { most: KIB_A_DAY, windowMs: DAY_MS } },
    ...to.map((one) => ({ key: key('to', one.id), amount: 1, limit: { most: TO_ONE_AN_HOUR, windowMs: HOUR_MS } })),
  ], now)
  if (!few) return 'too-many-replies'
  if (newOnes === 0) return undefined
  const fewNew = await takeAmounts(host.db, [{ key: key('new'), amount: newOnes, limit: { most: NEW_A_DAY, windowMs: DAY_MS } }], now)
  return fewNew ? undefined : 'too-many-correspondents'
}
