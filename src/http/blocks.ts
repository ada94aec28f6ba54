// /v1/blocks: whose mail is held at every address of the account.
import { createRoute, z } from '@hono/zod-openapi'
import { blockAddress } from '../flow/block-correspondent.ts'
import { notFound } from '../flow/problem.ts'
import { blocksOf, deleteBlock, type Block } from '../store/blocks.ts'
import { guard } from './guard.ts'
import { body, createRouter, decodeCursor, IdCursor, IdParam, json, otherwise, page, PageQuery, pageOf, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const BlockShape = z.object({
  id: z.string(), address: z.string().openapi({ description: '*@shop.example is the whole domain' }), created_at: Time,
}).openapi('Block')
const blockJson = (block: Block): z.input<typeof BlockShape> => ({ id: block.id, address: block.address, created_at: block.at.toISOString() })

export const blockRoutes = (services: Services) => {
  const { host } = services
  const [read, manage] = [guard(services, 'read'), guard(services, 'manage')]
  const tags = ['Correspondents']

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Whom you blocked at every address', middleware: read,
      request: { query: PageQuery }, responses: { 200: json(page(BlockShape), 'Newest first'), default: otherwise },
    }), async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const rows = await blocksOf(host.db, host.keys, { accountId: c.var.caller.accountId, limit: limit + 1, before: decodeCursor(IdCursor, cursor) })
      return c.json(pageOf(rows, limit, blockJson), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Block an address: its mail is held, and its sender learns nothing', middleware: manage,
      request: { body: body(z.object({ address: z.string().max(320).openapi({ description: 'Or a domain, with all below it' }) })) },
      responses: { 201: json(BlockShape, 'The block, this or an earlier one'), default: otherwise },
    }), async (c) => c.json(blockJson(await blockAddress(host, { accountId: c.var.caller.accountId, address: c.req.valid('json').address })), 201))
    .openapi(createRoute({
      method: 'delete', path: '/{id}', tags, summary: 'End a block', middleware: manage,
      request: { params: IdParam }, responses: { 204: { description: 'Ended' }, default: otherwise },
    }), async (c) => {
      if (!await deleteBlock(host.db, c.var.caller.accountId, uuidOf(c.req.valid('param').id, 'block'))) throw notFound('block')
      return c.body(null, 204)
    })
}
