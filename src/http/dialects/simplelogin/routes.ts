// SimpleLogin's dialect below /api, by noun.
import { Hono } from 'hono'
import type { HttpEnv, Services } from '../../services.ts'
import { activityRoutes } from './activities.ts'
import { aliasRoutes } from './aliases.ts'
import { contactRoutes } from './contacts.ts'
import { mailboxRoutes } from './mailboxes.ts'
import { newAliasRoutes } from './new-alias.ts'
import { optionRoutes } from './options.ts'
import { settingRoutes } from './settings.ts'
import { userRoutes } from './user.ts'

const nouns = [newAliasRoutes, optionRoutes, aliasRoutes, activityRoutes, contactRoutes, mailboxRoutes, userRoutes, settingRoutes]

export const simpleLoginRoutes = (services: Services): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>()
  for (const routes of nouns) app.route('/', routes(services))
  return app
}
