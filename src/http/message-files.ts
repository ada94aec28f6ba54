// Below a message, beside its JSON: its sealed document, its bytes, and one attachment.
import { createRoute, z } from '@hono/zod-openapi'
import { guard } from './guard.ts'
import { attachmentResponse, rawResponse, ViewQuery, viewResponse } from './message-view.ts'
import type { Source } from './reader/reader.ts'
import type { Services } from './services.ts'
import { createRouter, IdParam, otherwise } from './shapes.ts'

type MessageFile = Source & { readonly subject: string }

/** `find` throws where there is no such message of that account. */
export const messageFileRoutes = (services: Services, tags: string[], find: (accountId: string, id: string) => Promise<MessageFile>) => {
  const { reader } = services
  const read = guard(services, 'read')

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/{id}/view', tags, summary: 'Its text as a sealed document, for a sandboxed frame', middleware: read,
      request: { params: IdParam, query: ViewQuery },
      responses: { 200: { content: { 'text/html': { schema: z.string() } }, description: 'A document' }, default: otherwise },
    }), async (c) => {
      c.set('view', true)
      const remoteImages = c.req.valid('query').images !== undefined
      const message = await find(c.var.caller.accountId, c.req.valid('param').id)
      return viewResponse(await reader.read(message, { remoteImages }), { remoteImages })
    })
    .openapi(createRoute({
      method: 'get', path: '/{id}/raw', tags, summary: 'The original bytes', middleware: read,
      request: { params: IdParam },
      responses: { 200: { content: { 'message/rfc822': { schema: z.string() } }, description: 'As it came' }, default: otherwise },
    }), async (c) => rawResponse(await find(c.var.caller.accountId, c.req.valid('param').id)))
    .openapi(createRoute({
      method: 'get', path: '/{id}/attachments/{n}', tags, summary: 'One attachment, as a download only', middleware: read,
      request: { params: IdParam.extend({ n: z.string() }) },
      responses: { 200: { content: { 'application/octet-stream': { schema: z.string() } }, description: 'Its bytes' }, default: otherwise },
    }), async (c) => {
      const { id, n } = c.req.valid('param')
      return attachmentResponse(reader, await find(c.var.caller.accountId, id), n)
    })
}
