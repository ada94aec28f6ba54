// /v1/session and /v1/setup: what a page must know before anybody is signed in, and the way in by a one-time link.
import { createRoute, z } from '@hono/zod-openapi'
import { readSetupLink, setUp } from '../flow/set-up.ts'
import { accountById, anyAccount } from '../store/accounts.ts'
import { callerOf } from './guard.ts'
import { sameSite } from './same-site.ts'
import { body, createRouter, json, Line, otherwise } from './shapes.ts'
import type { Services } from './services.ts'

const AccountShape = z.object({ id: z.string(), email: z.string(), name: z.string(), role: z.enum(['operator', 'member']) })
const Session = z.object({
  signed_in: z.boolean(), setup_needed: z.boolean(), domain: z.string(), local: z.boolean(), local_inbox: z.boolean(),
  smtp: z.string().openapi({ example: '127.0.0.1:2525' }), email: z.string().nullable(), account: AccountShape.nullable(),
}).openapi('Session')
const Token = z.string().min(1).max(200)

export const sessionRoutes = (services: Services) => {
  const { host, auth } = services
  const tags = ['Session']
  const guarded = sameSite(services)

  return createRouter()
    .openapi(createRoute({
      method: 'get', path: '/session', tags, summary: 'Who is signed in, and whose host this is',
      responses: { 200: json(Session, 'For everybody'), default: otherwise },
    }), async (c) => {
      const caller = await callerOf(services, c.req.raw.headers)
      const account = caller && await accountById(host.db, caller.accountId)
      const { smtp, local, relay } = host.config
      return c.json({
        signed_in: account !== undefined, setup_needed: account === undefined && !await anyAccount(host.db), domain: host.domain, local,
        local_inbox: relay.kind === 'local', smtp: `${smtp.host.includes(':') ? `[${smtp.host}]` : smtp.host}:${smtp.port}`,
        email: account?.email ?? null,
        account: account ? { id: account.id, email: account.email, name: account.name, role: account.role } : null,
      }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/setup/link', tags, summary: 'What a one-time link is for', middleware: guarded,
      request: { body: body(z.object({ token: Token })) },
      responses: {
        200: json(z.object({ purpose: z.enum(['setup', 'sign-in']), email: z.string().nullable() }), 'It works'),
        default: otherwise,
      },
    }), async (c) => c.json(await readSetupLink(host, c.req.valid('json').token), 200))
    .openapi(createRoute({
      method: 'post', path: '/setup', tags, summary: 'Use a one-time link: choose a password, be signed in', middleware: guarded,
      request: {
        body: body(z.object({
          token: Token, email: z.string().max(320).optional(), password: z.string().max(1000), name: Line(100).optional(),
        })),
      },
      responses: { 201: json(AccountShape, 'The account; the answer sets the session cookie'), default: otherwise },
    }), async (c) => {
      const input = c.req.valid('json')
      const account = await setUp(host, auth, input)
      const signedIn = await auth.signIn(account.email, input.password, c.req.raw.headers)
      for (const cookie of signedIn.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
      return c.json({ id: account.id, email: account.email, name: account.name, role: account.role }, 201)
    })
}
