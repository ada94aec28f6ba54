// How better-auth is set up for this host: cookies, limits, the second factors, and what our own flows do in between.
import { apiKey } from '@better-auth/api-key'
import { passkey } from '@better-auth/passkey'
import { APIError } from 'better-auth/api'
import { twoFactor } from 'better-auth/plugins'
import { customAlphabet } from 'nanoid'
import { isIP } from 'node:net'
import { hashPassword } from 'better-auth/crypto'
import type { Host } from '../flow/host.ts'
import { Problem } from '../flow/problem.ts'
import { tellPasswordChanged, tellPasswordReset } from '../flow/security-mail.ts'
import { leastPasswordLength, mostPasswordLength, readSetupLink, setUp } from '../flow/set-up.ts'
import { clientAddressHeader } from './client-address.ts'
import { deviceWatch } from './device-watch.ts'
import { originsOf } from './origins.ts'

/** Who registers a passkey without a session: the one-time link and what was typed beside it. */
export type Registrar = { readonly token: string; readonly email?: string | undefined; readonly name?: string | undefined }

const tokenLength = 48
const newToken = customAlphabet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', tokenLength)
const daySeconds = 86_400

export const authOptions = (host: Host) => {
  const { url } = host.config
  const secure = url.protocol === 'https:'
  const origins = [...originsOf(host.config)]
  return {
    appName: 'Burnbox',
    baseURL: url.origin,
    basePath: '/auth',
    secret: host.keys.secretFor('sessions'),
    database: { db: host.db, type: 'postgres' as const },
    trustedOrigins: origins,
    telemetry: { enabled: false },
    emailAndPassword: {
      enabled: true, disableSignUp: true, minPasswordLength: leastPasswordLength, maxPasswordLength: mostPasswordLength, autoSignIn: false,
      resetPasswordTokenExpiresIn: 3_600, revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }: { user: { id: string }; token: string }) => tellPasswordReset(host, user.id, token),
      onPasswordReset: ({ user }: { user: { id: string } }) => tellPasswordChanged(host, user.id),
    },
    verification: { storeIdentifier: 'hashed' as const },
    session: { cookieCache: { enabled: false }, expiresIn: 30 * daySeconds, updateAge: daySeconds },
    rateLimit: {
      // By client address (IPv6 by /64), counted in the database for all processes. The library's default is off outside production.
      enabled: true, window: 60, max: 100, storage: 'database' as const,
      customRules: {
        '/sign-in/email': { window: 60, max: 10 }, '/two-factor/verify-totp': { window: 60, max: 10 },
        '/two-factor/verify-backup-code': { window: 60, max: 10 }, '/two-factor/*': { window: 60, max: 30 },
        '/passkey/*': { window: 60, max: 60 }, '/change-password': { window: 60, max: 10 }, '/reset-password': { window: 60, max: 10 },
        '/get-session': false as const, '/sign-out': false as const,
      },
    },
    advanced: {
      // The library's own `__Secure-` prefix would spoil `__Host-`. On http://localhost neither prefix is accepted.
      cookiePrefix: secure ? '__Host-burnbox' : 'burnbox',
      useSecureCookies: false,
      defaultCookieAttributes: { secure, sameSite: 'lax' as const, httpOnly: true, path: '/' },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
    },
    plugins: [
      twoFactor({ issuer: `Burnbox ${host.domain}` }),
      passkey({
        rpName: 'Burnbox', origin: origins,
        // An IP address cannot be a relying party.
        rpID: isIP(url.hostname) ? 'localhost' : url.hostname,
        authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
        registration: {
          requireSession: false,
          resolveUser: ({ context }) => translated(async () => {
            const registrar = registrarOf(context)
            const link = await readSetupLink(host, registrar.token)
            const name = link.email ?? registrar.email?.trim()
            if (!name) throw new Problem('invalid', 'Write an e-mail address like you@example.com.', { field: 'email' })
            return { id: link.accountId ?? 'new', name, displayName: registrar.name?.trim() || name }
          }),
          // With a session it is one more passkey of that account; without, the link makes the account or lets it begin anew.
          afterVerification: ({ context }) => translated(async () => {
            if (!context) return undefined
            const account = await setUp(host, { hashPassword }, { ...registrarOf(context), credential: { kind: 'passkey' } })
            return { userId: account.id }
          }),
        },
      }),
      apiKey({
        defaultKeyLength: tokenLength, customKeyGenerator: async () => newToken(), maximumNameLength: 32,
        keyExpiration: { minExpiresIn: 0, maxExpiresIn: 3_650 },
        // Its default is 10 requests a day.
        rateLimit: { enabled: false },
      }),
      // After the second factor's own: a session that still waits for its code is none.
      deviceWatch(host),
    ],
    logger: {
      level: 'warn' as const,
      // The message alone: its arguments are stack traces and may hold what a client typed.
      log: (level: string, message: string) => host.log[level === 'error' ? 'warn' : 'debug']({ part: 'auth' }, message),
    },
    onAPIError: {
      onError: (error: unknown) => {
        host.log.debug({ part: 'auth', error: error instanceof Error ? error.message : 'unknown' }, 'refused')
      },
    },
  }
}

const registrarOf = (context: string | null | undefined): Registrar => {
  if (!context) throw new Problem('unauthorized', 'Sign in, or open a one-time link.')
  return JSON.parse(context) as Registrar
}

/** The library takes only its own errors for a caller's mistake. */
const translated = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new APIError(error.status as ConstructorParameters<typeof APIError>[0], { code: error.code, message: error.detail })
  }
}
