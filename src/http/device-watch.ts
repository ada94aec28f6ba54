// What better-auth does not have: tries counted by account beside those by address, a mail when a new device signs in, and that nobody
// locks themselves out. A plugin of it, so that every way to a session passes here.
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import { nanoid } from 'nanoid'
import type { Host } from '../flow/host.ts'
import { tellNewDevice, tellPasswordChanged } from '../flow/security-mail.ts'
import { isKnownDevice, noteDevice } from '../store/devices.ts'
import { hasPassword, passkeyCount } from '../store/credentials.ts'
import { forgetTries, takeTry } from '../store/tries.ts'
import { clientAddressHeader } from './client-address.ts'

/** By account: ten wrong passwords in a quarter of an hour. A device that the account knows counts by itself, so that nobody can lock it out. */
const accountLimit = { most: 10, windowMs: 15 * 60_000 } as const
const deviceSeconds = 400 * 86_400
const mostNameLength = 60

/** Where somebody comes in. A session that is only read may be renewed, too, with nobody there to take a cookie. */
const signsIn = new Set([
  '/sign-in/email', '/two-factor/verify-totp', '/two-factor/verify-backup-code', '/passkey/verify-authentication', '/passkey/verify-registration',
  '/change-password',
])

type Ctx = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]

export const deviceWatch = (host: Host) => {
  const cookieOf = (ctx: Ctx) => ctx.context.createAuthCookie('device', { maxAge: deviceSeconds })
  const deviceOf = (ctx: Ctx): string | null => ctx.getCookie(cookieOf(ctx).name) || null
  const emailOf = (ctx: Ctx): string => String((ctx.body as { email?: unknown } | undefined)?.email ?? '').trim().toLowerCase()
  const triesKey = (email: string, device: string): Buffer => host.keys.hash('tries', 'sign-in', email, device)

  const countTry = async (ctx: Ctx): Promise<void> => {
    // RELIABILITY L06: our page needs no such thing, and the library answers with what it is given.
    if ('callbackURL' in (ctx.body as object)) throw new APIError('FORBIDDEN', { code: 'INVALID_CALLBACK_URL', message: 'Sign-in leads nowhere else.' })
    const [email, device] = [emailOf(ctx), deviceOf(ctx) ?? '']
    const known = await isKnownDevice(host.db, email, device)
    if (await takeTry(host.db, triesKey(email, known ? device : ''), accountLimit, host.clock.now())) return
    throw new APIError('TOO_MANY_REQUESTS', { code: 'TOO_MANY_REQUESTS', message: 'Too many tries for this account. Try again in a quarter of an hour.' })
  }

  /** Adding or removing a way in asks for a session of the last day, as the library does where a session is always required. */
  const askFreshSession = (ctx: Ctx, createdAt: Date): void => {
    const age = host.clock.now().getTime() - new Date(createdAt).getTime()
    if (age >= ctx.context.sessionConfig.freshAge * 1_000) throw new APIError('FORBIDDEN', { code: 'SESSION_NOT_FRESH', message: 'Sign in again first.' })
  }

  const checkPasskeyChange = async (ctx: Ctx): Promise<void> => {
    const session = await getSessionFromCtx(ctx)
    if (!session) return
    askFreshSession(ctx, session.session.createdAt)
    if (ctx.path !== '/passkey/delete-passkey') return
    const { id } = session.user
    if (await hasPassword(host.db, id) || await passkeyCount(host.db, id) > 1) return
    throw new APIError('CONFLICT', { code: 'LAST_WAY_IN', message: 'This is your only way in. Add another passkey or a password first.' })
  }

  return {
    id: 'burnbox-device-watch',
    hooks: {
      before: [
        { matcher: (ctx: { path?: string | undefined }) => ctx.path === '/sign-in/email', handler: createAuthMiddleware(countTry) },
        {
          matcher: (ctx: { path?: string | undefined }) => ctx.path === '/passkey/generate-register-options' || ctx.path === '/passkey/delete-passkey',
          handler: createAuthMiddleware(checkPasskeyChange),
        },
        {
          matcher: (ctx: { path?: string | undefined }) => ctx.path === '/passkey/verify-registration' || ctx.path === '/passkey/update-passkey',
          handler: createAuthMiddleware(async (ctx) => {
            const { name } = ctx.body as { name?: unknown }
            if (name === undefined || (typeof name === 'string' && name.length <= mostNameLength && !/[\p{Cc}\p{Cs}]/u.test(name))) return
            throw new APIError('BAD_REQUEST', { code: 'INVALID_NAME', message: `The name of a passkey is one line of at most ${mostNameLength} characters.` })
          }),
        },
        {
          // RELIABILITY L05: whoever knew the old password is out, asked for or not.
          matcher: (ctx: { path?: string | undefined }) => ctx.path === '/change-password',
          handler: createAuthMiddleware(async (ctx) => ({ context: { body: { ...(ctx.body as object), revokeOtherSessions: true } } })),
        },
      ],
      after: [{
        matcher: (ctx: { path?: string | undefined }) => signsIn.has(ctx.path ?? ''),
        handler: createAuthMiddleware(async (ctx) => {
          const signedIn = ctx.context.newSession
          if (!signedIn) return
          const accountId = signedIn.user.id
          if (ctx.path === '/sign-in/email') await forgetTries(host.db, ['', deviceOf(ctx) ?? ''].map((device) => triesKey(emailOf(ctx), device)))
          if (ctx.path === '/change-password') await tellPasswordChanged(host, accountId)
          const device = deviceOf(ctx) ?? nanoid(32)
          const at = host.clock.now()
          const seen = await host.db.transaction().execute((tx) => noteDevice(tx, accountId, device, at))
          if (seen === 'known') return
          const cookie = cookieOf(ctx)
          ctx.setCookie(cookie.name, device, cookie.attributes)
          const headers = ctx.headers ?? new Headers()
          if (seen === 'new') await tellNewDevice(host, accountId, { userAgent: headers.get('user-agent'), address: headers.get(clientAddressHeader), at })
        }),
      }],
    },
  }
}
