// For calls without a guard, whose body carries its own secret: no page of another site may send them (login CSRF, RELIABILITY L06).
import { createMiddleware } from 'hono/factory'
import { refuseOtherTypes } from './json-body.ts'
import { fromElsewhere, isCrossSite, originsOf } from './origins.ts'
import type { HttpEnv, Services } from './services.ts'

export const sameSite = ({ host }: Pick<Services, 'host'>) => {
  const origins = originsOf(host.config)
  return createMiddleware<HttpEnv>(async (c, next) => {
    if (isCrossSite(c.req.raw.headers, origins)) throw fromElsewhere()
    refuseOtherTypes(c.req.raw.headers)
    await next()
  })
}
