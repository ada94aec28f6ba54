// SimpleLogin: POST /api/auth/login {email, password, device} and /api/auth/mfa {mfa_token, mfa_key, device}. Its extension takes 403 for
// "use a security key", its phone app 400 for a wrong password.
import type { Context } from 'hono'
import { z } from '@hono/zod-openapi'
import type { HttpEnv } from '../../services.ts'
import { fromOf, type createPasswordSignIn, type SignedIn } from '../password-sign-in.ts'
import { readBody } from '../request-body.ts'

type SignIn = ReturnType<typeof createPasswordSignIn>

const Device = z.string().max(1_000).nullish()
const Login = z.object({ email: z.string().max(320), password: z.string().max(1_000), device: Device })
const Mfa = z.object({ mfa_token: z.string().max(20), mfa_key: z.string().max(2_000), device: Device })

export const simpleLoginLogin = (signIn: SignIn) => async (c: Context<HttpEnv>): Promise<Response> => {
  const { email, password, device } = await readBody(c, Login)
  return answer(c, await signIn.withPassword(email, password, fromOf(c), { name: device ?? 'SimpleLogin' }), 'Email or password incorrect')
}

export const simpleLoginMfa = (signIn: SignIn) => async (c: Context<HttpEnv>): Promise<Response> => {
  const { mfa_token: code, mfa_key: key, device } = await readBody(c, Mfa)
  return answer(c, await signIn.withCode(key, code, fromOf(c), { name: device ?? 'SimpleLogin' }), 'Wrong TOTP Token')
}

const answer = (c: Context<HttpEnv>, result: SignedIn, refusal: string): Response => {
  switch (result.kind) {
    case 'refused': return c.json({ error: refusal }, 400)
    case 'needs-code': return c.json({ name: '', email: '', mfa_enabled: true, mfa_key: result.mfaKey, api_key: null })
    case 'signed-in': {
      const { account, key } = result
      return c.json({ name: account.name, email: account.email, mfa_enabled: false, mfa_key: null, api_key: key })
    }
  }
}
