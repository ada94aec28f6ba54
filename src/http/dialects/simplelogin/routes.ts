// SimpleLogin's dialect below /api, by noun.
import { Hono } from 'hono'
import type { HttpEnv, Services } from '../../services.ts'
import { newAliasRoutes } from './new-alias.ts'
import { optionRoutes } from './options.ts'

export const simpleLoginRoutes = (services: Services): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>()
  for (const routes of [newAliasRoutes, optionRoutes]) app.route('/', routes(services))
  return app
}
