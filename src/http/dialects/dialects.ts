// Everything below /api: the dialects of SimpleLogin and addy.io, for the programs that people already use (README.md).
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { notFound } from '../../flow/problem.ts'
import type { HttpEnv, Services } from '../services.ts'
import { addyRoutes } from './addy/routes.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { simpleLoginRoutes } from './simplelogin/routes.ts'

/** Desktop programs and web pages of other origins call with a key; no cookie is ever allowed along. Preflights come without any credentials. */
export const openToAll = cors({
  origin: '*', allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], maxAge: 86_400,
  allowHeaders: [
    'Authentication', 'Authorization', 'Content-Type', 'Accept', 'X-Requested-With', 'X-Requested-From', 'X-CSRF-TOKEN', 'X-Sl-Allowcookies',
  ],
})

export const dialectRoutes = (services: Services): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>()
  app.route('/auth', signInRoutes(services))
  app.route('/v1', addyRoutes(services))
  app.route('/', simpleLoginRoutes(services))
  app.all('*', () => {
    throw notFound('endpoint')
  })
  return app
}
