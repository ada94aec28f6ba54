// /v1/local: the built-in inbox of a host whose relay is `local`, and a test message through our own ingress.
import { createRoute, z } from '@hono/zod-openapi'
import { notFound, Problem } from '../flow/problem.ts'
import { sendTestMessage } from '../flow/send-test-message.ts'
import { listLocal, localById, type LocalLine } from '../store/local-messages.ts'
import { readMessage } from '../store/messages.ts'
import { guard } from './guard.ts'
import { messageFileRoutes } from './message-files.ts'
import { ReadMessage, readJson } from './message-view.ts'
import { body, createRouter, decodeCursor, IdCursor, IdParam, json, otherwise, page, PageQuery, pageOf, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const LocalMessage = z.object({
  id: z.string(), address: z.string().openapi({ description: 'The inbox it was delivered to' }), to: z.string(), from: z.string(),
  subject: z.string(), size: z.number().int(), received_at: Time,
}).openapi('LocalMessage')

const localJson = (line: LocalLine): z.input<typeof LocalMessage> => ({
  id: line.id, address: line.to, to: line.to, from: line.from, subject: line.subject, size: line.size,
  received_at: line.receivedAt.toISOString(),
})

export const localRoutes = (services: Services) => {
  const { host, reader } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Local inbox']

  const find = async (accountId: string, id: string): Promise<LocalLine> => {
    const line = await localById(host.db, accountId, uuidOf(id, 'message'))
    if (!line) throw notFound('message')
    return line
  }
  const sourceOf = (line: LocalLine) => ({ subject: line.subject, size: line.size, bytes: readMessage(host.db, line.messageId) })

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Mail to your own inboxes, and what your aliases answered; kept 7 days', middleware: read,
      request: { query: PageQuery }, responses: { 200: json(page(LocalMessage), 'Messages, newest first'), default: otherwise },
    }), async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const rows = await listLocal(host.db, c.var.caller.accountId, { limit: limit + 1, before: decodeCursor(IdCursor, cursor) })
      return c.json(pageOf(rows, limit, localJson), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/test', tags,
      summary: 'Send a test message to one of your addresses, by SMTP to our own ingress; without a name: to the newest',
      middleware: manage,
      request: { body: body(z.object({ alias_id: z.string().max(64).optional(), address: z.string().max(320).optional() })) },
      responses: {
        200: json(z.object({ address: z.string(), accepted: z.boolean(), reply: z.string() }), 'What the ingress answered'),
        default: otherwise,
      },
    }), async (c) => {
      const { alias_id: id, address } = c.req.valid('json')
      if (id !== undefined && address !== undefined) throw new Problem('invalid', 'Name the address by alias_id or by address.')
      const aliasUuid = id === undefined ? undefined : uuidOf(id, 'alias')
      return c.json(await sendTestMessage(host, { accountId: c.var.caller.accountId, aliasUuid, address }), 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/{id}', tags, summary: 'Read one, parsed and safe', middleware: read,
      request: { params: IdParam }, responses: { 200: json(LocalMessage.extend(ReadMessage.shape), 'The message'), default: otherwise },
    }), async (c) => {
      const line = await find(c.var.caller.accountId, c.req.valid('param').id)
      return c.json({ ...localJson(line), ...readJson(await reader.read(sourceOf(line)), `/v1/local/${line.id}`) }, 200)
    })
    .route('/', messageFileRoutes(services, tags, async (accountId, id) => sourceOf(await find(accountId, id))))
}
