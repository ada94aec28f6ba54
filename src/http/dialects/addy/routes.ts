// addy.io's dialect below /api/v1, by noun.
import { Hono } from 'hono'
import type { HttpEnv, Services } from '../../services.ts'
import { accountRoutes } from './account.ts'
import { aliasRoutes } from './aliases.ts'
import { optionRoutes } from './domain-options.ts'
import { listRoutes } from './lists.ts'
import { manyAliasesRoutes } from './many-aliases.ts'
import { newAliasRoutes } from './new-alias.ts'
import { recipientRoutes } from './recipients.ts'

const nouns = [newAliasRoutes, manyAliasesRoutes, aliasRoutes, optionRoutes, recipientRoutes, accountRoutes, listRoutes]

export const addyRoutes = (services: Services): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>()
  for (const routes of nouns) app.route('/', routes(services))
  return app
}
