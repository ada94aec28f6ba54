// POST /v1/aliases/many: one change for at most 200 aliases, with an answer for each.
import { createRoute, z } from '@hono/zod-openapi'
import { changeManyAliases, type ManyChange } from '../flow/change-many-aliases.ts'
import { Problem } from '../flow/problem.ts'
import { FullAlias, fullJson } from './alias-shape.ts'
import { guard } from './guard.ts'
import { body, createRouter, emptyToNull, json, Line, ManyIds, otherwise, Refused } from './shapes.ts'
import type { Services } from './services.ts'

const Change = z.discriminatedUnion('action', [
  z.object({ action: z.literal('burn'), ids: ManyIds }),
  z.object({ action: z.literal('close'), ids: ManyIds }),
  z.object({ action: z.literal('restore'), ids: ManyIds, release_held: z.boolean().default(false) }),
  z.object({ action: z.literal('label'), ids: ManyIds, label: Line(200).nullable() }),
  z.object({ action: z.literal('move'), ids: ManyIds, inbox_ids: z.array(z.string().max(64)).min(1).max(20) }),
]).openapi('ManyAliases')
const Changed = z.object({
  items: z.array(z.union([z.object({ id: z.string(), ok: z.literal(true), alias: FullAlias }), Refused])),
})

const changeOf = (input: z.output<typeof Change>): ManyChange => {
  switch (input.action) {
    case 'burn': return { kind: 'burn' }
    case 'close': return { kind: 'close' }
    case 'restore': return { kind: 'restore', releaseHeld: input.release_held }
    case 'label': return { kind: 'label', label: emptyToNull(input.label) }
    case 'move': return { kind: 'move', inboxIds: input.inbox_ids }
  }
}

export const manyAliasesRoutes = (services: Services) => createRouter()
  .openapi(createRoute({
    method: 'post', path: '/many', tags: ['Aliases'], summary: 'Burn, close, restore, label or move several', middleware: guard(services, 'manage'),
    request: { body: body(Change) }, responses: { 200: json(Changed, 'What became of each, in the order of the ids'), default: otherwise },
  }), async (c) => {
    const input = c.req.valid('json')
    const results = await changeManyAliases(services.host, { accountId: c.var.caller.accountId, uuids: input.ids, change: changeOf(input) })
    return c.json({
      items: results.map(({ id, result }) => result instanceof Problem
        ? { id, ok: false as const, code: result.code, detail: result.detail }
        : { id, ok: true as const, alias: fullJson(result) }),
    }, 200)
  })
