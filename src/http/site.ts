// /v1/site: which company a page belongs to, so that the web UI needs no public suffix list of its own.
import { createRoute, z } from '@hono/zod-openapi'
import { siteOf } from '../flow/create-alias.ts'
import { guard } from './guard.ts'
import { createRouter, json, Line, otherwise } from './shapes.ts'
import type { Services } from './services.ts'

export const siteRoutes = (services: Services) => createRouter()
  .openapi(createRoute({
    method: 'get', path: '/', tags: ['Aliases'], summary: 'The registrable domain of a page', middleware: guard(services, 'create'),
    request: { query: z.object({ of: Line(2000).openapi({ description: 'A URL, an origin or a host name', example: 'https://www.shop.example' }) }) },
    responses: { 200: json(z.object({ site: z.string().openapi({ example: 'shop.example' }) }), 'What an alias for it has as its site'), default: otherwise },
  }), async (c) => c.json({ site: siteOf(c.req.valid('query').of) ?? '' }, 200))
