// /v1/correspondents: who wrote to an address, and the reverse alias through which its owner answers.
import { createRoute, z } from '@hono/zod-openapi'
import { listCorrespondents } from '../store/correspondent-list.ts'
import { isUuid } from '../store/uuid.ts'
import { guard } from './guard.ts'
import { createRouter, decodeCursor, IdCursor, json, otherwise, page, PageQuery, pageOf, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Correspondent = z.object({
  id: z.string(), alias_id: z.string(), alias: z.string(), address: z.string(),
  reverse_address: z.string().openapi({ description: 'Mail to it goes to the correspondent, as from the alias' }),
  first_at: Time, stranger: z.boolean().openapi({ description: 'The alias was not given to it' }),
}).openapi('Correspondent')

export const correspondentRoutes = (services: Services) => {
  const { host } = services
  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags: ['Correspondents'], summary: 'Who wrote, newest first', middleware: guard(services, 'read'),
      request: { query: PageQuery.extend({ alias_id: z.string().max(64).optional() }) },
      responses: { 200: json(page(Correspondent), 'Correspondents of one address, or of all'), default: otherwise },
    }), async (c) => {
      const { limit, cursor, alias_id: aliasUuid } = c.req.valid('query')
      if (aliasUuid !== undefined && !isUuid(aliasUuid)) return c.json({ items: [], next: null }, 200)
      const rows = await listCorrespondents(host.db, host.keys, {
        accountId: c.var.caller.accountId, aliasUuid, limit: limit + 1, before: decodeCursor(IdCursor, cursor),
      })
      return c.json(pageOf(rows, limit, (one) => ({
        id: one.id, alias_id: one.aliasUuid, alias: one.alias, address: one.address as string,
        reverse_address: `${one.reverseLocalPart}@${host.domain}`, first_at: one.firstAt.toISOString(), stranger: false,
      })), 200)
    })
}
