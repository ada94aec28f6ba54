// addy.io: POST /api/auth/login {username, password, device_name, expiration?} and /api/auth/mfa {mfa_key, otp, device_name, expiration?};
// what its apps send along as Authorization means nothing here. /api/auth/logout revokes the key that asks.
import type { Context } from 'hono'
import { Hono } from 'hono'
import { z } from '@hono/zod-openapi'
import { Problem } from '../../../flow/problem.ts'
import { deleteToken } from '../../../store/tokens.ts'
import type { HttpEnv, Services } from '../../services.ts'
import { dateText, dateTextOrNull } from '../date-text.ts'
import { fromOf, type createPasswordSignIn, type NewKey, type SignedIn } from '../password-sign-in.ts'
import { readBody } from '../request-body.ts'
import { addyGuard } from './guard.ts'

type SignIn = ReturnType<typeof createPasswordSignIn>

const dayMs = 86_400_000
const lifetimes = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs, year: 365 * dayMs } as const
const Wanted = { device_name: z.string().max(1_000).nullish(), expiration: z.enum(['day', 'week', 'month', 'year']).nullish().or(z.literal('')) }
const Login = z.object({ username: z.string().max(320), password: z.string().max(1_000), ...Wanted })
const Mfa = z.object({ mfa_key: z.string().max(2_000), otp: z.string().max(20), ...Wanted })

export const addyLogin = (services: Services, signIn: SignIn) => async (c: Context<HttpEnv>): Promise<Response> => {
  const body = await readBody(c, Login)
  const wanted = wantedOf(services, body)
  const result = await signIn.withPassword(body.username, body.password, fromOf(c), wanted)
  return answer(c, services, wanted, result, 'The provided credentials are incorrect.')
}

export const addyMfa = (services: Services, signIn: SignIn) => async (c: Context<HttpEnv>): Promise<Response> => {
  const body = await readBody(c, Mfa)
  const wanted = wantedOf(services, body)
  const result = await signIn.withCode(body.mfa_key, body.otp, fromOf(c), wanted)
  return answer(c, services, wanted, result, 'That code is not right, or it is too late: sign in again.')
}

export const signOutRoutes = (services: Services): Hono<HttpEnv> => {
  const guarded = addyGuard(services)
  const app = new Hono<HttpEnv>()
  app.post('/logout', guarded('create'), async (c) => {
    await deleteToken(services.host.db, c.var.caller.accountId, c.var.caller.token!.id)
    return c.body(null, 204)
  })
  app.post('/delete-account', guarded('manage'), () => {
    throw new Problem('forbidden', `An account is not deleted by a key: sign in at ${services.host.config.url.origin}.`)
  })
  return app
}

type Asked = { readonly device_name?: string | null | undefined; readonly expiration?: string | null | undefined }
const wantedOf = ({ host }: Services, { device_name: name, expiration }: Asked): NewKey => {
  const lifetime = expiration ? lifetimes[expiration as keyof typeof lifetimes] : undefined
  return { name: name ?? 'addy.io', expiresAt: lifetime === undefined ? undefined : new Date(host.clock.now().getTime() + lifetime) }
}

const answer = (c: Context<HttpEnv>, { host }: Services, wanted: NewKey, result: SignedIn, refusal: string): Response => {
  switch (result.kind) {
    case 'refused': return c.json({ message: refusal }, 401)
    // The token is what the extension asks for before it shows its field for the code; nothing reads it.
    case 'needs-code': return c.json({ message: 'Type the code from your app.', mfa_key: result.mfaKey, csrf_token: 'none' }, 422)
    case 'signed-in': return c.json({
      api_key: result.key, name: result.name, created_at: dateText(host.clock.now()), expires_at: dateTextOrNull(wanted.expiresAt ?? null),
    })
  }
}
