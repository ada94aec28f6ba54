// Who calls, by the key in the header of the dialect. A cookie never counts here: a wrong key is wrong beside the best of sessions.
import { createMiddleware } from 'hono/factory'
import { Problem } from '../../flow/problem.ts'
import type { Scope } from '../../store/tokens.ts'
import { callerOfToken, refuseUnlessAllowed } from '../guard.ts'
import type { HttpEnv, Services } from '../services.ts'

export const keyGuard = ({ host }: Pick<Services, 'host'>, keyOf: (headers: Headers) => string | undefined) => (scope: Scope) =>
  createMiddleware<HttpEnv>(async (c, next) => {
    const key = keyOf(c.req.raw.headers)
    const caller = key === undefined ? undefined : await callerOfToken(host, key)
    if (!caller) throw new Problem('unauthorized', 'This API key is not valid.')
    await refuseUnlessAllowed(host, caller, scope)
    c.set('caller', caller)
    await next()
  })
