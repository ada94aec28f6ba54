// /api/auth: the only two paths that both dialects have. The body says which one it is.
import { Hono } from 'hono'
import { z } from '@hono/zod-openapi'
import type { HttpEnv, Services } from '../services.ts'
import { addyLogin, addyMfa, signOutRoutes } from './addy/sign-in.ts'
import type { Dialect } from './dialect.ts'
import { createPasswordSignIn } from './password-sign-in.ts'
import { readBody } from './request-body.ts'
import { simpleLoginLogin, simpleLoginMfa } from './simplelogin/sign-in.ts'

const AnyObject = z.record(z.string(), z.unknown())

export const signInRoutes = (services: Services): Hono<HttpEnv> => {
  const signIn = createPasswordSignIn(services)
  const [ofAddy, ofSimpleLogin] = [
    { login: addyLogin(services, signIn), mfa: addyMfa(services, signIn) }, { login: simpleLoginLogin(signIn), mfa: simpleLoginMfa(signIn) },
  ]
  const app = new Hono<HttpEnv>()
  app.post('/login', async (c) => {
    const dialect = spokenIn(await readBody(c, AnyObject), 'username', 'email')
    c.set('dialect', dialect)
    return (dialect === 'addy' ? ofAddy : ofSimpleLogin).login(c)
  })
  app.post('/mfa', async (c) => {
    const dialect = spokenIn(await readBody(c, AnyObject), 'otp', 'mfa_token')
    c.set('dialect', dialect)
    return (dialect === 'addy' ? ofAddy : ofSimpleLogin).mfa(c)
  })
  app.route('/', signOutRoutes(services))
  return app
}

const spokenIn = (body: Readonly<Record<string, unknown>>, ofAddy: string, ofSimpleLogin: string): Dialect => {
  if (ofAddy in body || 'device_name' in body) return 'addy'
  return ofSimpleLogin in body || 'device' in body ? 'simplelogin' : 'either'
}
