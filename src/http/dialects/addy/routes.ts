// addy.io's dialect below /api/v1, by noun.
import { Hono } from 'hono'
import type { HttpEnv, Services } from '../../services.ts'
import { newAliasRoutes } from './new-alias.ts'
import { optionRoutes } from './domain-options.ts'

export const addyRoutes = (services: Services): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>()
  for (const routes of [newAliasRoutes, optionRoutes]) app.route('/', routes(services))
  return app
}
