// Mail per day: the days that are asked for, their sums, and both in words.
import type { Day } from './api.ts'

export const dayMs = 86_400_000

const isoDay = (at: number) => new Date(at).toISOString().slice(0, 10)
/** So many days, today the last. */
export const lastDays = (count: number) => ({ from: isoDay(Date.now() - (count - 1) * dayMs), to: isoDay(Date.now()) })

export const number = (value: number) => value.toLocaleString('en')
const sum = (days: readonly Day[], of: 'delivered' | 'held' | 'replied') => days.reduce((all, day) => all + day[of], 0)
export const totals = (days: readonly Day[]) => ({ delivered: sum(days, 'delivered'), held: sum(days, 'held'), replied: sum(days, 'replied') })

export const inWords = (span: number, { delivered, held, replied }: ReturnType<typeof totals>) =>
  `Mail per day over ${span} days: ${number(delivered)} delivered, ${number(held)} held, ${number(replied)} replied.`
