// /v1/held/groups and calls for several held messages: release, delete, mark as read.
import { createRoute, z } from '@hono/zod-openapi'
import { deleteManyHeld } from '../flow/delete-held.ts'
import { Problem } from '../flow/problem.ts'
import { releaseMany } from '../flow/release-many.ts'
import { accountById } from '../store/accounts.ts'
import { heldGroups } from '../store/held-groups.ts'
import { markPicked } from '../store/held-picks.ts'
import { AliasState } from './alias-shape.ts'
import { guard } from './guard.ts'
import { body, createRouter, decodeCursor, encodeCursor, IdCursor, json, ManyIds, otherwise, page, PageQuery, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Count = z.number().int()
const HeldGroup = z.object({
  alias_id: z.string(), alias: z.string(), site: z.string().nullable(), label: z.string().nullable(), state: AliasState, burned_at: Time.nullable(),
  reasons: z.array(z.string()), count: Count, unread: Count, bytes: Count, oldest_at: Time, newest_at: Time,
  expires_at: Time.openapi({ description: 'When the first of them lapses' }),
}).openapi('HeldGroup')
const mostReleased = 100
const dayMs = 86_400_000

export const manyHeldRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Holding']

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/groups', tags, summary: 'What is held, by address; those with unread mail first', middleware: read,
      request: { query: PageQuery }, responses: { 200: json(page(HeldGroup), 'Addresses with held mail'), default: otherwise },
    }), async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const { accountId } = c.var.caller
      const offset = decodeCursor(z.number().int().min(0).max(1_000_000), cursor) ?? 0
      const [account, groups] = await Promise.all([accountById(host.db, accountId), heldGroups(host.db, accountId, { limit: limit + 1, offset })])
      const lapses = (heldAt: Date): string => new Date(heldAt.getTime() + (account?.heldDays ?? 0) * dayMs).toISOString()
      return c.json({
        items: groups.slice(0, limit).map((group) => ({
          alias_id: group.aliasUuid, alias: group.alias, site: group.site, label: group.label, state: group.state,
          burned_at: group.burnedAt?.toISOString() ?? null, reasons: [...group.reasons], count: group.count, unread: group.unread, bytes: group.bytes,
          oldest_at: group.oldestAt.toISOString(), newest_at: group.newestAt.toISOString(), expires_at: lapses(group.oldestAt),
        })),
        next: groups.length > limit ? encodeCursor(offset + limit) : null,
      }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/release', tags, summary: 'Release several: by id, or all since a time, of one address or of all', middleware: manage,
      description: 'At most 100 a call: call again with `cursor` = `next` until it is null. Mail that would reveal an inbox, or has none to go to, is skipped.',
      request: {
        body: body(z.object({
          ids: ManyIds.optional(), alias_id: z.string().max(64).optional(), since: Time.optional(), cursor: z.string().max(1000).optional(),
        })),
      },
      responses: {
        200: json(z.object({ released: Count, skipped: Count, remaining: Count, next: z.string().nullable() }), 'What this call did'),
        default: otherwise,
      },
    }), async (c) => {
      const { ids, alias_id: aliasUuid, since, cursor } = c.req.valid('json')
      if (ids === undefined && since === undefined && aliasUuid === undefined) throw new Problem('invalid', 'Say which: ids, alias_id or since.')
      const done = await releaseMany(host, {
        accountId: c.var.caller.accountId, uuids: ids, aliasUuid, since: since === undefined ? undefined : new Date(since),
        after: decodeCursor(IdCursor, cursor), limit: mostReleased,
      })
      return c.json({ released: done.released, skipped: done.skipped, remaining: done.remaining, next: done.next && encodeCursor(done.next) }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/delete', tags, summary: 'Throw several away', middleware: manage,
      request: { body: body(z.object({ ids: ManyIds })) },
      responses: { 200: json(z.object({ deleted: Count }), 'How many there were'), default: otherwise },
    }), async (c) => c.json({
      deleted: await deleteManyHeld(host, { accountId: c.var.caller.accountId, uuids: c.req.valid('json').ids }),
    }, 200))
    .openapi(createRoute({
      method: 'post', path: '/read', tags, summary: 'Mark several as read or unread', middleware: manage,
      request: { body: body(z.object({ ids: ManyIds, read: z.boolean() })) },
      responses: { 200: json(z.object({ marked: Count }), 'How many there were'), default: otherwise },
    }), async (c) => {
      const { ids, read: isRead } = c.req.valid('json')
      const pick = { accountId: c.var.caller.accountId, uuids: ids, limit: ids.length }
      return c.json({ marked: await markPicked(host.db, pick, isRead ? host.clock.now() : null) }, 200)
    })
}
