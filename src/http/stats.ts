// /v1/stats: how much, per day (UTC) and by address.
import { createRoute, z } from '@hono/zod-openapi'
import { Problem } from '../flow/problem.ts'
import { aliasByUuid } from '../store/aliases.ts'
import { dailyCounts, dailyCountsOf, topTalkers } from '../store/stats.ts'
import { guard } from './guard.ts'
import { createRouter, json, otherwise, page, pageOfAll, ShortListQuery, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const Count = z.number().int()
const Counts = { delivered: Count, held: Count, replied: Count }
const Stats = page(z.object({ day: z.string(), ...Counts }))
const Talkers = page(z.object({ alias_id: z.string(), alias: z.string(), site: z.string().nullable(), label: z.string().nullable(), ...Counts }))
const Day = z.iso.date()
const Range = z.object({ from: Day.optional(), to: Day.optional() })
const mostDays = 400
const dayMs = 86_400_000

export const statRoutes = (services: Services) => {
  const { host } = services
  const read = guard(services, 'read')
  const tags = ['Account']

  const rangeOf = (query: z.output<typeof Range>): { readonly from: string; readonly to: string } => {
    const to = query.to ?? dayOf(host.clock.now().getTime())
    const from = query.from ?? dayOf(Date.parse(to) - 29 * dayMs)
    const days = (Date.parse(to) - Date.parse(from)) / dayMs
    if (days < 0 || days >= mostDays) throw new Problem('invalid-query', `from must not be after to, nor more than ${mostDays} days before it.`)
    return { from, to }
  }

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Delivered, held, replied per day (UTC), of the account or of one address', middleware: read,
      request: { query: ShortListQuery.extend({ ...Range.shape, alias_id: z.string().max(64).optional() }) },
      responses: { 200: json(Stats, 'One item a day'), default: otherwise },
    }), async (c) => {
      const { alias_id: id, limit, cursor, ...query } = c.req.valid('query')
      const { from, to } = rangeOf(query)
      const { accountId } = c.var.caller
      const alias = id === undefined ? undefined : await aliasByUuid(host.db, accountId, uuidOf(id, 'alias'))
      const days = id === undefined ? await dailyCounts(host.db, accountId, from, to) : alias ? await dailyCountsOf(host.db, alias.id, from, to) : []
      return c.json(pageOfAll(days, { limit, cursor }, ({ day }) => day), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/top', tags, summary: 'The addresses with the most mail', middleware: read,
      request: { query: Range.extend({ limit: z.coerce.number().int().min(1).max(50).default(10) }) },
      responses: { 200: json(Talkers, 'Most mail first'), default: otherwise },
    }), async (c) => {
      const { limit, ...query } = c.req.valid('query')
      const { from, to } = rangeOf(query)
      const talkers = await topTalkers(host.db, c.var.caller.accountId, from, to, limit)
      return c.json({ items: talkers.map(({ aliasUuid, ...rest }) => ({ alias_id: aliasUuid, ...rest })), next: null }, 200)
    })
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
