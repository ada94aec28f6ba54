// What the digest says of held mail: first what is probably wanted, each with its links, then the rest counted by company.

import { wantedAs, type Wanted } from './wanted.ts'

export type HeldFact = {
  readonly id: string
  readonly aliasId: number
  readonly alias: string
  readonly company: string
  readonly from: string
  readonly subject: string
}

export type Digest = {
  readonly wanted: readonly (HeldFact & { readonly as: Wanted })[]
  readonly others: readonly { readonly company: string; readonly count: number }[]
  /** Of companies beyond those. */
  readonly further: number
  readonly count: number
}

export type DigestEvery = 'weekly' | 'daily' | 'off'

const DAY_MS = 86_400_000
export const digestEveryMs = { weekly: 7 * DAY_MS, daily: DAY_MS } as const

const mostWanted = 20
const mostCompanies = 20
const ranks: Readonly<Record<Wanted, number>> = { code: 0, receipt: 1, reset: 2, invitation: 3 }

/** @param count of all that was held, of which `held` are the latest */
export const digestOf = (held: readonly HeldFact[], count: number = held.length): Digest => {
  const wanted = held.flatMap((one) => {
    const as = wantedAs(one.subject)
    return as ? [{ ...one, as }] : []
  }).sort((a, b) => ranks[a.as] - ranks[b.as]).slice(0, mostWanted)
  const shown = new Set(wanted.map(({ id }) => id))
  const rest = Map.groupBy(held.filter(({ id }) => !shown.has(id)), ({ company }) => company)
  const companies = [...rest].map(([company, all]) => ({ company, count: all.length })).sort((a, b) => b.count - a.count)
  const further = count - held.length + companies.slice(mostCompanies).reduce((sum, { count: n }) => sum + n, 0)
  return { wanted, others: companies.slice(0, mostCompanies), further, count }
}
