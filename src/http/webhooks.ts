// /v1/webhooks: a program is told what happens. How a call looks and is signed stands in README.md.
import { createRoute, z } from '@hono/zod-openapi'
import { notFound } from '../flow/problem.ts'
import { addWebhook, changeWebhook, renewWebhookSecret, tryWebhook } from '../flow/webhooks.ts'
import { webhookEvents, webhookState } from '../policy/webhook.ts'
import { deleteWebhook, webhooksOf, type Webhook } from '../store/webhooks.ts'
import { guard } from './guard.ts'
import { body, createRouter, IdParam, json, otherwise, page, pageOfAll, ShortListQuery, Time, uuidOf } from './shapes.ts'
import type { Services } from './services.ts'

const Url = z.string().max(2000).openapi({ description: 'https; not inside a private network, unless whoever runs this host allows that' })
const Events = z.array(z.enum(webhookEvents)).min(1).max(webhookEvents.length)
const Result = z.object({
  at: Time, ok: z.boolean(), status: z.number().int().nullable().openapi({ description: 'Null: there was no answer' }), error: z.string().nullable(),
}).openapi('WebhookResult')
const WebhookShape = z.object({
  id: z.string(), url: z.string(), events: z.array(z.enum(webhookEvents)), enabled: z.boolean(), created_at: Time,
  state: z.enum(['on', 'retrying', 'failing', 'off', 'switched-off'])
    .openapi({ description: 'retrying: calls fail and are tried again; failing: some were given up after 2 days; switched-off: by us, after 5 days of that' }),
  last: Result.nullable(), failing_since: Time.nullable(),
  given_up: z.number().int().openapi({ description: 'Calls, since the latest that was taken' }), waiting: z.number().int(),
}).openapi('Webhook')

const WithSecret = json(WebhookShape.extend({ secret: z.string() }), 'The only time that the secret is shown')

const resultJson = ({ at, status, error }: { readonly at: Date; readonly status: number | null; readonly error: string | null }) =>
  ({ at: at.toISOString(), ok: error === null, status, error })
const webhookJson = (hook: Webhook): z.input<typeof WebhookShape> => ({
  id: hook.uuid, url: hook.url, events: [...hook.events], enabled: hook.enabled, created_at: hook.createdAt.toISOString(), state: webhookState(hook),
  last: hook.last && resultJson(hook.last), failing_since: hook.failingSince?.toISOString() ?? null, given_up: hook.givenUp, waiting: hook.waiting,
})

export const webhookRoutes = (services: Services) => {
  const { host } = services
  const manage = guard(services, 'manage')
  const tags = ['Webhooks']
  const which = (accountId: string, id: string) => ({ accountId, uuid: uuidOf(id, 'webhook') })

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/', tags, summary: 'Your webhooks', middleware: manage,
      request: { query: ShortListQuery }, responses: { 200: json(page(WebhookShape), 'Newest first'), default: otherwise },
    }), async (c) => {
      const all = await webhooksOf(host.db, host.keys, c.var.caller.accountId)
      return c.json(pageOfAll(all.map(webhookJson), c.req.valid('query'), ({ id }) => id), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/', tags, summary: 'Call a program when something happens', middleware: manage,
      description: 'Each call is a POST with a JSON body, signed: Burnbox-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">.',
      request: { body: body(z.object({ url: Url, events: Events.default([...webhookEvents]) })) },
      responses: { 201: WithSecret, default: otherwise },
    }), async (c) => {
      const { url, events } = c.req.valid('json')
      const { webhook, secret } = await addWebhook(host, { accountId: c.var.caller.accountId, url, events: [...new Set(events)] })
      return c.json({ ...webhookJson(webhook), secret }, 201)
    })
    .openapi(createRoute({
      method: 'patch', path: '/{id}', tags, summary: 'Change one, or switch it on or off', middleware: manage,
      description: 'Switched off, it forgets the calls that wait. Another address, or switching on, forgets what failed.',
      request: { params: IdParam, body: body(z.object({ url: Url.optional(), events: Events.optional(), enabled: z.boolean().optional() })) },
      responses: { 200: json(WebhookShape, 'The webhook'), default: otherwise },
    }), async (c) => {
      const { url, events, enabled } = c.req.valid('json')
      const change = { url, events: events && [...new Set(events)], enabled }
      return c.json(webhookJson(await changeWebhook(host, which(c.var.caller.accountId, c.req.valid('param').id), change)), 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/secret', tags, summary: 'Give it a new secret', middleware: manage,
      description: 'From then on each call is signed by the new one alone, those that wait as well.',
      request: { params: IdParam }, responses: { 200: WithSecret, default: otherwise },
    }), async (c) => {
      const { webhook, secret } = await renewWebhookSecret(host, which(c.var.caller.accountId, c.req.valid('param').id))
      return c.json({ ...webhookJson(webhook), secret }, 200)
    })
    .openapi(createRoute({
      method: 'delete', path: '/{id}', tags, summary: 'Delete one, with the calls that wait', middleware: manage,
      request: { params: IdParam }, responses: { 204: { description: 'Deleted' }, default: otherwise },
    }), async (c) => {
      const { accountId, uuid } = which(c.var.caller.accountId, c.req.valid('param').id)
      if (!await host.db.transaction().execute((tx) => deleteWebhook(tx, accountId, uuid))) throw notFound('webhook')
      return c.body(null, 204)
    })
    .openapi(createRoute({
      method: 'post', path: '/{id}/test', tags, summary: 'Call it now, with the event "test"', middleware: manage,
      request: { params: IdParam }, responses: { 200: json(Result, 'What came of it'), default: otherwise },
    }), async (c) => c.json(resultJson(await tryWebhook(host, which(c.var.caller.accountId, c.req.valid('param').id))), 200))
}
