// /v1/tokens: API tokens. Shown once, kept as a hash, revoked at once.
import { createRoute, z } from '@hono/zod-openapi'
import { createLimitedToken, tokenScopes } from '../flow/create-token.ts'
import { notFound } from '../flow/problem.ts'
import { deleteToken, tokensOf } from '../store/tokens.ts'
import { guard } from './guard.ts'
import { body, createRouter, IdParam, json, Line, otherwise, page, pageOfAll, ShortListQuery, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Scope = z.enum(['create', 'read', 'manage'])
const TokenShape = z.object({
  id: z.string(), name: z.string(), start: z.string().openapi({ description: 'Its first characters' }), scopes: z.array(Scope),
  created_at: Time, expires_at: Time.nullable(), last_used_at: Time.nullable().openapi({ description: 'To the minute' }),
  domain: z.string().nullable().openapi({ description: 'It makes addresses of this domain alone' }),
  daily_limit: z.number().int().nullable().openapi({ description: 'Addresses that it makes a day (UTC)' }),
}).openapi('Token')

export const tokenRoutes = (services: Services) => {
  const { host, auth } = services
  const manage = guard(services, 'manage')
  const tags = ['Tokens']

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Your tokens', middleware: manage,
      request: { query: ShortListQuery }, responses: { 200: json(page(TokenShape), 'Newest first'), default: otherwise },
    }), async (c) => {
      const tokens = await tokensOf(host.db, c.var.caller.accountId)
      return c.json(pageOfAll(tokens.map((token) => ({
        id: token.id, name: token.name ?? '', start: token.start ?? '', scopes: [...token.scopes],
        created_at: token.createdAt.toISOString(), expires_at: token.expiresAt?.toISOString() ?? null,
        last_used_at: token.lastUsedAt?.toISOString() ?? null, domain: token.domain, daily_limit: token.dailyLimit,
      })), c.req.valid('query'), ({ id }) => id), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Make one', description: 'manage includes read and create; read does not include create.',
      middleware: manage,
      request: {
        body: body(z.object({
          name: Line(32).min(1), scopes: z.array(Scope).min(1).max(3).default(['manage']), expires_at: Time.optional(),
          domain: z.string().max(253).optional(), daily_limit: z.number().int().min(1).max(100_000).optional(),
        })),
      },
      responses: {
        201: json(
          z.object({ id: z.string(), name: z.string(), scopes: z.array(Scope), token: z.string() }),
          'The only time that the token is shown',
        ),
        default: otherwise,
      },
    }), async (c) => {
      const { name, scopes, expires_at: expiresAt, domain, daily_limit: dailyLimit } = c.req.valid('json')
      const made = await createLimitedToken(host, auth, {
        accountId: c.var.caller.accountId, name, scopes, domain, dailyLimit, expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
        notAfter: c.var.caller.token?.expiresAt,
      })
      return c.json({ ...made, name, scopes: tokenScopes(scopes) }, 201)
    })
    .openapi(createRoute({
      method: 'delete', path: '/{id}', tags, summary: 'Revoke one', middleware: manage,
      request: { params: IdParam }, responses: { 204: { description: 'Revoked' }, default: otherwise },
    }), async (c) => {
      const id = c.req.valid('param').id
      if (id.includes('\0') || !await deleteToken(host.db, c.var.caller.accountId, id)) throw notFound('token')
      return c.body(null, 204)
    })
}
