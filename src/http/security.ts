// /v1/security, /v1/sessions, POST /v1/me/email: how the account is signed in to. For its session alone: no API token may look at or change it.
import { createRoute, z } from '@hono/zod-openapi'
import { changeEmail } from '../flow/change-email.ts'
import { deviceName } from '../flow/device-name.ts'
import { notFound } from '../flow/problem.ts'
import { accountById } from '../store/accounts.ts'
import { hasPassword, hasTwoFactor, passkeysOf, passwordChangedAt } from '../store/credentials.ts'
import { confirm } from './confirm.ts'
import { guardSession } from './guard.ts'
import { body, createRouter, IdParam, json, otherwise, Time } from './shapes.ts'
import type { Services } from './services.ts'

const Security = z.object({
  email: z.string(), has_password: z.boolean(), password_changed_at: Time.nullable(), two_factor: z.boolean(),
  passkeys: z.array(z.object({
    id: z.string(), name: z.string().nullable(), created_at: Time.nullable(),
    backed_up: z.boolean().openapi({ description: 'Kept by a service on several devices' }),
  })),
}).openapi('Security')
const SessionLine = z.object({
  id: z.string(), device: z.string().openapi({ example: 'Firefox on Linux' }), address: z.string().nullable(),
  created_at: Time, used_at: Time.openapi({ description: 'To the day' }), current: z.boolean(),
}).openapi('SessionLine')


export const securityRoutes = (services: Services) => {
  const { host, auth } = services
  const mine = guardSession(services)
  const tags = ['Security']

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/security', tags, summary: 'How you sign in', middleware: mine,
      responses: { 200: json(Security, 'Passkeys are added, renamed and removed at /auth/passkey/…'), default: otherwise },
    }), async (c) => {
      const { accountId } = c.var.caller
      const [account, password, changedAt, twoFactor, passkeys] = await Promise.all([
        accountById(host.db, accountId), hasPassword(host.db, accountId), passwordChangedAt(host.db, accountId), hasTwoFactor(host.db, accountId),
        passkeysOf(host.db, accountId),
      ])
      return c.json({
        email: account!.email, has_password: password, password_changed_at: changedAt?.toISOString() ?? null, two_factor: twoFactor,
        passkeys: passkeys.map((one) => ({
          id: one.id, name: one.name, created_at: one.createdAt?.toISOString() ?? null, backed_up: one.backedUp,
        })),
      }, 200)
    })
    .openapi(createRoute({
      method: 'get', path: '/sessions', tags, summary: 'Where you are signed in', middleware: mine,
      responses: { 200: json(z.object({ items: z.array(SessionLine) }), 'This one first, then the latest used'), default: otherwise },
    }), async (c) => {
      const [current, sessions] = await Promise.all([auth.sessionOf(c.req.raw.headers), auth.sessionsOf(c.var.caller.accountId)])
      const rank = (id: string): number => id === current?.id ? 0 : 1
      const sorted = [...sessions].sort((a, b) => rank(a.id) - rank(b.id) || b.usedAt.getTime() - a.usedAt.getTime())
      return c.json({
        items: sorted.map((one) => ({
          id: one.id, device: deviceName(one.userAgent), address: one.address || null, created_at: one.createdAt.toISOString(),
          used_at: one.usedAt.toISOString(), current: one.id === current?.id,
        })),
      }, 200)
    })
    .openapi(createRoute({
      method: 'delete', path: '/sessions', tags, summary: 'Sign out everywhere else', middleware: mine,
      responses: { 204: { description: 'This is the only session now' }, default: otherwise },
    }), async (c) => {
      const current = await auth.sessionOf(c.req.raw.headers)
      for (const one of await auth.sessionsOf(c.var.caller.accountId)) if (one.id !== current?.id) await auth.endSession(one.token)
      return c.body(null, 204)
    })
    .openapi(createRoute({
      method: 'delete', path: '/sessions/{id}', tags, summary: 'Sign out one', middleware: mine,
      request: { params: IdParam }, responses: { 204: { description: 'It is refused from now on' }, default: otherwise },
    }), async (c) => {
      const { id } = c.req.valid('param')
      const found = (await auth.sessionsOf(c.var.caller.accountId)).find((one) => one.id === id)
      if (!found) throw notFound('session')
      await auth.endSession(found.token)
      return c.body(null, 204)
    })
    .openapi(createRoute({
      method: 'post', path: '/me/email', tags, summary: 'Sign in with another of your verified inboxes', middleware: mine,
      description: 'Asks for the password once more; without a password, for a session of the last quarter of an hour. The address before is told.',
      request: { body: body(z.object({ inbox_id: z.string().max(64), password: z.string().max(1000).optional() })) },
      responses: { 200: json(z.object({ email: z.string() }), 'The new address'), default: otherwise },
    }), async (c) => {
      const { inbox_id: inboxUuid, password } = c.req.valid('json')
      const { accountId } = c.var.caller
      await confirm(services, accountId, c.req.raw.headers, password)
      await changeEmail(host, { accountId, inboxUuid })
      return c.json({ email: (await accountById(host.db, accountId))!.email }, 200)
    })
}
