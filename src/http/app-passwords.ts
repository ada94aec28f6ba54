// /v1/app-passwords: what a mail program signs in with on the submission port. Shown once, kept as a hash, revoked at once.
import { createRoute, z } from '@hono/zod-openapi'
import { makeAppPassword } from '../flow/app-password.ts'
import { notFound } from '../flow/problem.ts'
import { appPasswordsOf, deleteAppPassword, type AppPassword } from '../store/app-passwords.ts'
import { isImplicitTls } from '../config.ts'
import { guard, guardSession } from './guard.ts'
import { body, createRouter, IdParam, json, Line, otherwise, page, pageOfAll, ShortListQuery, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const AppPasswordShape = z.object({
  id: z.string(), name: z.string(), created_at: Time, last_used_at: Time.nullable().openapi({ description: 'To the minute' }),
  alias_id: z.string().nullable().openapi({ description: 'Null: it sends from every address of the account' }), alias: z.string().nullable(),
}).openapi('AppPassword')

const appPasswordJson = (one: AppPassword): z.input<typeof AppPasswordShape> => ({
  id: one.uuid, name: one.name, created_at: one.createdAt.toISOString(), last_used_at: one.lastUsedAt?.toISOString() ?? null,
  alias_id: one.aliasUuid, alias: one.alias,
})

export const appPasswordRoutes = (services: Services) => {
  const { host } = services
  const tags = ['App passwords']
  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Your app passwords, and where mail programs sign in', middleware: guard(services, 'read'),
      request: { query: ShortListQuery },
      responses: {
        200: json(page(AppPasswordShape).extend({
          servers: z.array(z.object({ host: z.string(), port: z.number().int(), security: z.enum(['tls', 'starttls']) }))
            .openapi({ description: 'The submission ports (BURNBOX_SUBMISSION); none: mail programs cannot send here' }),
        }), 'Newest first'),
        default: otherwise,
      },
    }), async (c) => c.json({
      ...pageOfAll((await appPasswordsOf(host.db, c.var.caller.accountId)).map(appPasswordJson), c.req.valid('query'), ({ id }) => id),
      servers: (host.config.submission ?? []).map(({ port }) => (
        { host: host.domain, port, security: isImplicitTls(port) ? 'tls' as const : 'starttls' as const })),
    }, 200))
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Make one', middleware: guardSession(services),
      description: 'For one address (alias_id) or for all. For the person alone: a token makes nothing that outlives it.',
      request: { body: body(z.object({ name: Line(100).min(1), alias_id: z.string().max(64).nullish() })) },
      responses: {
        201: json(AppPasswordShape.extend({ password: z.string() }), 'The only time that the password is shown'), default: otherwise,
      },
    }), async (c) => {
      const { name, alias_id: aliasUuid } = c.req.valid('json')
      const { appPassword, password } = await makeAppPassword(host, { accountId: c.var.caller.accountId, name, aliasUuid: aliasUuid ?? undefined })
      return c.json({ ...appPasswordJson(appPassword), password }, 201)
    })
    .openapi(createRoute({
      method: 'delete', path: '/{id}', tags, summary: 'Revoke one', middleware: guard(services, 'manage'),
      request: { params: IdParam }, responses: { 204: { description: 'Revoked' }, default: otherwise },
    }), async (c) => {
      if (!await deleteAppPassword(host.db, c.var.caller.accountId, uuidOf(c.req.valid('param').id, 'app password'))) throw notFound('app password')
      return c.body(null, 204)
    })
}
