// Pages that SimpleLogin's extension opens on its server, led to ours. /auth is not among them: that is where sign-in is.
import { Hono } from 'hono'
import type { HttpEnv } from '../../services.ts'

const pages: Readonly<Record<string, string>> = {
  '/dashboard': '/', '/dashboard/pricing': '/', '/dashboard/api_key': '/settings', '/dashboard/setup_done': '/', '/dashboard/mailbox': '/settings',
  '/onboarding': '/', '/onboarding/final': '/', '/onboarding/setup_done': '/',
}

export const pageRoutes = (): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>()
  for (const [from, to] of Object.entries(pages)) for (const path of [from, `${from}/`]) app.get(path, (c) => c.redirect(to, 302))
  return app
}
