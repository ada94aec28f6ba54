// /v1/session, /v1/setup, /v1/sign-up, /v1/password/reset: what a page must know before anybody is signed in, and the ways to an account.
import { createRoute, z } from '@hono/zod-openapi'
import type { Host } from '../flow/host.ts'
import { preparedAsk } from '../flow/invite.ts'
import { Problem, problems, type ProblemCode } from '../flow/problem.ts'
import { resetPassword } from '../flow/reset-password.ts'
import { readSetupLink, setUp } from '../flow/set-up.ts'
import { networksOf } from '../networks.ts'
import { accountById, anyAccount } from '../store/accounts.ts'
import { signUpOf } from '../store/sign-up.ts'
import { takeTry } from '../store/tries.ts'
import { withClientAddress } from './client-address.ts'
import { callerOf } from './guard.ts'
import { sameSite } from './same-site.ts'
import { body, createRouter, json, Line, otherwise } from './shapes.ts'
import type { Services } from './services.ts'

const AccountShape = z.object({ id: z.string(), email: z.string(), name: z.string(), role: z.enum(['operator', 'member']) })
const Session = z.object({
  signed_in: z.boolean(), setup_needed: z.boolean(), domain: z.string(), local: z.boolean(), local_inbox: z.boolean(),
  sign_up: z.enum(['invitation', 'open']),
  smtp: z.string().openapi({ example: '127.0.0.1:2525' }), email: z.string().nullable(), account: AccountShape.nullable(),
}).openapi('Session')
const Token = z.string().min(1).max(200)
const Registrar = z.object({ token: Token, email: z.string().max(320).optional(), name: Line(100).optional() })
const mailLimit = { most: 10, windowMs: 3_600_000 } as const

export const sessionRoutes = (services: Services) => {
  const { host, auth } = services
  const tags = ['Session']
  const guarded = sameSite(services)
  /** Mails that one client may ask for; an IPv6 client is its /64. */
  const limited = async (clientAddress: string): Promise<void> => {
    const key = host.keys.hash('tries', 'mail', networksOf(clientAddress).nearest)
    if (!await takeTry(host.db, key, mailLimit, host.clock.now())) throw new Problem('too-many', 'Too many mails were asked for. Try again in an hour.')
  }

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
        sign_up: await signUpOf(host.db), local_inbox: relay.kind === 'local', smtp: `${smtp.host.includes(':') ? `[${smtp.host}]` : smtp.host}:${smtp.port}`,
        email: account?.email ?? null,
        account: account ? { id: account.id, email: account.email, name: account.name, role: account.role } : null,
      }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/setup/link', tags, summary: 'What a one-time link is for', middleware: guarded,
      request: { body: body(z.object({ token: Token })) },
      responses: {
        200: json(z.object({ purpose: z.enum(['setup', 'sign-in', 'invitation']), email: z.string().nullable() }), 'It works'),
        default: otherwise,
      },
    }), async (c) => {
      const { purpose, email } = await readSetupLink(host, c.req.valid('json').token)
      return c.json({ purpose, email }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/setup', tags, summary: 'Use a one-time link: choose a password, be signed in', middleware: guarded,
      request: {
        body: body(z.object({
          token: Token, email: z.string().max(320).optional(), password: z.string().max(1000), name: Line(100).optional(),
        })),
      },
      responses: { 201: json(AccountShape, 'The account; the answer sets the session cookie'), default: otherwise },
    }), async (c) => {
      const { password, ...input } = c.req.valid('json')
      const account = await setUp(host, auth, { ...input, credential: { kind: 'password', password } })
      const signedIn = await auth.signIn(account.email, password, withClientAddress(c.req.raw.headers, c.var.clientAddress))
      for (const cookie of signedIn.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
      return c.json({ id: account.id, email: account.email, name: account.name, role: account.role }, 201)
    })
    .openapi(createRoute({
      method: 'post', path: '/setup/passkey', tags, summary: 'Use a one-time link with a passkey instead of a password: what the browser is asked for',
      middleware: guarded, request: { body: body(Registrar) },
      responses: {
        200: json(z.looseObject({ challenge: z.string() }), 'PublicKeyCredentialCreationOptionsJSON; the answer sets a cookie for its challenge'),
        default: otherwise,
      },
    }), async (c) => {
      const { name, email, token } = c.req.valid('json')
      const answer = await auth.passkeyOptions({ token, email, name }, withClientAddress(c.req.raw.headers, c.var.clientAddress))
      await refuseUnlessOk(answer)
      for (const cookie of answer.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
      return c.json(await answer.json() as { challenge: string }, 200)
    })
    .openapi(createRoute({
      method: 'post', path: '/setup/passkey/verify', tags, summary: 'What the browser answered: makes the account, signs in', middleware: guarded,
      request: { body: body(z.object({ response: z.record(z.string(), z.unknown()), name: Line(60).optional() })) },
      responses: { 201: json(AccountShape, 'The account; the answer sets the session cookie'), default: otherwise },
    }), async (c) => {
      const { response, name } = c.req.valid('json')
      const answer = await auth.registerPasskey(response, name, withClientAddress(c.req.raw.headers, c.var.clientAddress))
      await refuseUnlessOk(answer)
      for (const cookie of answer.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
      const { user } = await answer.json() as { user: { id: string } }
      const account = (await accountById(host.db, user.id))!
      return c.json({ id: account.id, email: account.email, name: account.name, role: account.role }, 201)
    })
    .openapi(createRoute({
      method: 'post', path: '/password/reset', tags, summary: 'Mail a link for a new password to the account with this address, if there is one',
      description: 'The link leads to /reset#token; the page sends {token, newPassword} to POST /auth/reset-password.',
      middleware: guarded, request: { body: body(z.object({ email: z.string().max(320) })) },
      responses: { 202: json(z.object({}), 'The same answer, at the same time, for every address'), default: otherwise },
    }), async (c) => {
      const { email } = c.req.valid('json')
      await limited(c.var.clientAddress)
      inBackground(host, 'password reset', () => resetPassword(host, auth, email))
      return c.json({}, 202)
    })
    .openapi(createRoute({
      method: 'post', path: '/sign-up', tags, summary: 'Where sign-up is open: mail an invitation to this address', middleware: guarded,
      request: { body: body(z.object({ email: z.string().max(320) })) },
      responses: { 202: json(z.object({}), 'The same answer for every address'), default: otherwise },
    }), async (c) => {
      const { email } = c.req.valid('json')
      await limited(c.var.clientAddress)
      const ask = await preparedAsk(host, email)
      inBackground(host, 'sign-up', ask)
      return c.json({}, 202)
    })
}

/** What better-auth refused, as a problem of ours. */
const refuseUnlessOk = async (answer: Response): Promise<void> => {
  if (answer.ok) return
  const { code, message } = await answer.json().catch(() => ({})) as { code?: string; message?: string }
  const known = code !== undefined && code in problems ? code as ProblemCode : answer.status === 429 ? 'too-many' : 'invalid'
  throw new Problem(known, message ?? 'The passkey was not accepted.')
}

/** What is said must not depend on how long it takes: it is done after the answer. */
const inBackground = (host: Host, what: string, work: () => Promise<void>): void => {
  void work().catch((error: unknown) => host.log.warn({ err: error, what }, 'what was asked for could not be done'))
}
