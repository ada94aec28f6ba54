// Who calls, and may they? 401 = we don't know you, 403 = we do, and no. RELIABILITY L01, L05, L10.
import { createMiddleware } from 'hono/factory'
import type { Host } from '../flow/host.ts'
import { Problem } from '../flow/problem.ts'
import { accountById } from '../store/accounts.ts'
import { isSuspended } from '../store/host-accounts.ts'
import { accountOfToken, noteTokenUse, scopes, type Scope } from '../store/tokens.ts'
import { hasOtherBody, refuseOtherTypes, type BodyType } from './json-body.ts'
import { fromElsewhere, isSameOrigin, originsOf } from './origins.ts'
import type { Caller, HttpEnv, Services } from './services.ts'

type Guarding = Pick<Services, 'host' | 'auth'>

export const guard = ({ host, auth }: Guarding, scope: Scope, takes: BodyType = 'application/json') => {
  const origins = originsOf(host.config)
  return createMiddleware<HttpEnv>(async (c, next) => {
    const caller = await callerOf({ host, auth }, c.req.raw.headers)
    if (!caller) throw unauthorized()
    if (caller.via === 'session') refuseForgery(c.req.raw, origins, takes)
    refuseOtherTypes(c.req.raw.headers, takes)
    await refuseUnlessAllowed(host, caller, scope)
    c.set('caller', caller)
    await next()
  })
}

export const refuseUnlessAllowed = async (host: Host, caller: Pick<Caller, 'accountId' | 'scopes'>, scope: Scope): Promise<void> => {
  if (!caller.scopes.includes(scope)) throw new Problem('forbidden', `This token may not do that: it lacks the scope "${scope}".`)
  if (scope !== 'read' && await isSuspended(host.db, caller.accountId)) {
    throw new Problem('forbidden', 'This account is suspended by whoever runs this host: it can read, and its mail is held.')
  }
}

/** For whoever runs the host; their token too, with the scope. */
export const guardOperator = (services: Guarding, scope: Scope) => {
  const guarded = guard(services, scope)
  return createMiddleware<HttpEnv>((c, next) => guarded(c, async () => {
    const account = await accountById(services.host.db, c.var.caller.accountId)
    if (account?.role !== 'operator') throw new Problem('forbidden', 'This is for whoever runs this host.')
    await next()
  }))
}

/** For the person alone: how the account is signed in to is no matter of a token, whatever its scopes. */
export const guardSession = ({ host, auth }: Guarding) => {
  const origins = originsOf(host.config)
  return createMiddleware<HttpEnv>(async (c, next) => {
    const caller = await callerOf({ host, auth }, c.req.raw.headers)
    if (!caller) throw unauthorized()
    if (caller.via !== 'session') throw new Problem('forbidden', 'An API token may not do that: sign in.')
    refuseForgery(c.req.raw, origins)
    refuseOtherTypes(c.req.raw.headers)
    c.set('caller', caller)
    await next()
  })
}

/** A token that is wrong is wrong, whatever cookie comes with it. */
export const callerOf = async ({ host, auth }: Guarding, headers: Headers): Promise<Caller | undefined> => {
  const authorization = headers.get('authorization')
  if (authorization !== null) {
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1]
    return token === undefined ? undefined : callerOfToken(host, token)
  }
  if (headers.get('cookie') === null) return undefined
  const accountId = await auth.accountOfSession(headers)
  return accountId === undefined ? undefined : { accountId, scopes, via: 'session' }
}

export const callerOfToken = async (host: Host, token: string): Promise<Caller | undefined> => {
  const found = await accountOfToken(host.db, token, host.clock.now())
  if (!found) return undefined
  // When it was last used is not worth an answer that fails.
  await noteTokenUse(host.db, found, host.clock.now()).catch((error: unknown) => host.log.debug({ err: error }, 'the use of a token was not noted'))
  const { accountId, scopes: granted, id, domain, dailyLimit, expiresAt } = found
  return { accountId, scopes: granted, via: 'token', token: { id, domain, dailyLimit, expiresAt } }
}

const unauthorized = (): Problem => new Problem('unauthorized', 'Send "Authorization: Bearer <token>" with a valid token, or sign in.')

/** A browser sends the cookie whoever wrote the form; what it cannot be made to do is say that our own page did. */
const refuseForgery = (request: Request, origins: readonly string[], takes?: BodyType): void => {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return
  if (!isSameOrigin(request.headers, origins) || hasOtherBody(request.headers, takes)) {
    throw fromElsewhere()
  }
}
