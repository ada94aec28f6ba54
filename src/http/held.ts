// /v1/held: list, read (parsed, safe), original bytes, release, delete.
import { createRoute, z } from '@hono/zod-openapi'
import { deleteHeld } from '../flow/delete-held.ts'
import { notFound } from '../flow/problem.ts'
import { releaseHeld } from '../flow/release-held.ts'
import { accountById } from '../store/accounts.ts'
import { heldById, listHeld, markRead, rawHeld, type HeldLine } from '../store/holding.ts'
import { isUuid } from '../store/uuid.ts'
import { guard } from './guard.ts'
import { messageFileRoutes } from './message-files.ts'
import { ReadMessage, readJson } from './message-view.ts'
import { createRouter, decodeCursor, IdCursor, IdParam, json, otherwise, page, PageQuery, pageOf, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const Held = z.object({
  id: z.string(), alias_id: z.string(), alias: z.string(), received_at: Time, held_at: Time, from: z.string(), subject: z.string(),
  size: z.number().int(), direction: z.enum(['in', 'out']), reason: z.string(), reason_text: z.string(), read_at: Time.nullable(),
  read: z.boolean(), expires_at: Time.openapi({ description: 'When it lapses' }),
}).openapi('Held')
const HeldMessage = Held.extend(ReadMessage.shape).extend({
  authentication: z.string().openapi({ description: 'What SPF, DKIM, ARC and DMARC said when it came (RFC 8601); empty: not verified' }),
  spam_score: z.number().nullable().openapi({ description: 'What the spam filter gave it when it called it spam' }),
  finds: z.array(z.object({
    what: z.enum(['address', 'local-part', 'name', 'key', 'certificate', 'metadata', 'unreadable']),
    shown: z.string().openapi({ description: 'What was found; empty: it cannot be read' }),
    where: z.string().openapi({ description: 'In plain words', example: 'text of the message' }),
    removable: z.boolean().openapi({ description: 'The reply can be sent without the part that it stands in' }),
  })).openapi({ description: 'Of a reply (direction "out") that would reveal its owner: what was found, and where' }),
}).openapi('HeldMessage')

const Release = z.object({
  anyway: z.boolean().default(false).openapi({ description: 'A reply that would reveal its owner: as it is' }),
  without: z.boolean().default(false).openapi({ description: 'Without the parts in which something was found; 409 when that is not enough' }),
})

const dayMs = 86_400_000

const heldJson = (held: HeldLine, days: number): z.input<typeof Held> => ({
  id: held.id, alias_id: held.aliasUuid, alias: held.alias, received_at: held.receivedAt.toISOString(), held_at: held.heldAt.toISOString(),
  from: held.from, subject: held.subject, size: held.size, direction: held.direction, reason: held.reason, reason_text: held.reasonText,
  read_at: held.readAt?.toISOString() ?? null,
  read: held.readAt !== null, expires_at: new Date(held.heldAt.getTime() + days * dayMs).toISOString(),
})

export const heldRoutes = (services: Services) => {
  const { host, reader } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Holding']

  const find = async (accountId: string, id: string): Promise<HeldLine> => {
    const held = await heldById(host.db, accountId, uuidOf(id, 'held message'))
    if (!held) throw notFound('held message')
    return held
  }
  const heldDays = async (accountId: string): Promise<number> => (await accountById(host.db, accountId))?.heldDays ?? 0
  const sourceOf = (held: HeldLine) => ({ subject: held.subject, size: held.size, bytes: rawHeld(host.db, held) })

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'What is held', middleware: read,
      request: { query: PageQuery.extend({ alias_id: z.string().max(64).optional(), unread: z.enum(['true']).optional() }) },
      responses: { 200: json(page(Held), 'Held messages, newest first'), default: otherwise },
    }), async (c) => {
      const { limit, cursor, alias_id: aliasUuid, unread } = c.req.valid('query')
      if (aliasUuid !== undefined && !isUuid(aliasUuid)) return c.json({ items: [], next: null }, 200)
      const days = await heldDays(c.var.caller.accountId)
      const rows = await listHeld(host.db, c.var.caller.accountId, {
        aliasUuid, unread: unread !== undefined, limit: limit + 1, before: decodeCursor(IdCursor, cursor),
      })
      return c.json(pageOf(rows, limit, (held) => heldJson(held, days)), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/{id}', tags, summary: 'Read one, parsed and safe', middleware: read,
      request: { params: IdParam }, responses: { 200: json(HeldMessage, 'The held message'), default: otherwise },
    }), async (c) => {
      const held = await find(c.var.caller.accountId, c.req.valid('param').id)
      const message = readJson(await reader.read(sourceOf(held)), `/v1/held/${held.id}`)
      await markRead(host.db, c.var.caller.accountId, held.id, host.clock.now())
      return c.json({
        ...heldJson(held, await heldDays(c.var.caller.accountId)), ...message, authentication: held.authentication, spam_score: held.spamScore,
        finds: held.finds.map(({ what, shown, where, part }) => ({ what, shown, where, removable: part !== null })),
      }, 200)
    })
    .route('/', messageFileRoutes(services, tags, async (accountId, id) => sourceOf(await find(accountId, id))))
    .openapi(createRoute({
      method: 'post', path: '/{id}/release', tags, summary: 'Deliver it as the forward it would have been; once', middleware: manage,
      description: 'A reply that would reveal its owner answers 409 `would-reveal` unless the body says anyway or without; DELETE drops it.',
      request: { params: IdParam, body: { content: { 'application/json': { schema: Release } } } },
      responses: { 200: json(z.object({ released: z.boolean() }), 'It is on its way, or was already'), default: otherwise },
    }), async (c) => {
      const { anyway = false, without = false } = c.req.valid('json') ?? {}
      await releaseHeld(host, { accountId: c.var.caller.accountId, heldUuid: uuidOf(c.req.valid('param').id, 'held message'), anyway, without })
      return c.json({ released: true }, 200)
    })
    .openapi(createRoute({
      method: 'delete', path: '/{id}', tags, summary: 'Throw it away', middleware: manage,
      request: { params: IdParam }, responses: { 204: { description: 'Gone' }, default: otherwise },
    }), async (c) => {
      await deleteHeld(host, { accountId: c.var.caller.accountId, heldUuid: uuidOf(c.req.valid('param').id, 'held message') })
      return c.body(null, 204)
    })
}
