// Sign-in: better-auth, mounted at /auth (never /api/auth: other dialects own it). Its tables are sql/0001; it never migrates.
// RELIABILITY L04–L08. Accounts, tokens and sessions that our own flows write are written by store/accounts and store/tokens.
import { apiKey } from '@better-auth/api-key'
import { passkey } from '@better-auth/passkey'
import { betterAuth } from 'better-auth'
import { hashPassword } from 'better-auth/crypto'
import { twoFactor } from 'better-auth/plugins'
import { customAlphabet } from 'nanoid'
import { isIP } from 'node:net'
import type { Host } from '../flow/host.ts'
import type { Identities } from '../flow/identities.ts'
import { originsOf } from './origins.ts'

/** Set by us on every request from the socket and the trusted proxies, so that what a client sends under this name never counts. */
export const clientAddressHeader = 'x-burnbox-client'
export const leastPasswordLength = 10

const tokenLength = 48
const newToken = customAlphabet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', tokenLength)

export type Auth = Identities & {
  /** Everything below /auth. */
  readonly handle: (request: Request) => Promise<Response>
  /** The account of the session cookie. */
  readonly accountOfSession: (headers: Headers) => Promise<string | undefined>
  /** The answer to a sign-in, with its Set-Cookie. */
  readonly signIn: (email: string, password: string, headers: Headers) => Promise<Response>
}

export const createAuth = (host: Host): Auth => {
  const auth = betterAuth(options(host))
  return {
    handle: (request) => auth.handler(request),
    accountOfSession: async (headers) => (await auth.api.getSession({ headers, query: { disableCookieCache: true } }))?.user.id,
    signIn: (email, password, headers) => auth.api.signInEmail({ body: { email, password }, headers, asResponse: true }),
    hashPassword,
    createToken: async ({ accountId, name, scopes }) => {
      const made = await auth.api.createApiKey({ body: { userId: accountId, name, permissions: { burnbox: [...scopes] } } })
      return { id: made.id, token: made.key }
    },
  }
}

const options = (host: Host) => {
  const { url } = host.config
  const secure = url.protocol === 'https:'
  return {
    appName: 'Burnbox',
    baseURL: url.origin,
    basePath: '/auth',
    secret: host.keys.secretFor('sessions'),
    database: { db: host.db, type: 'postgres' as const },
    trustedOrigins: [...originsOf(host.config)],
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: leastPasswordLength, autoSignIn: false },
    // These make tokens without scopes, or change an address that nobody verified.
    disabledPaths: [
      '/api-key/create', '/api-key/update', '/api-key/verify', '/change-email', '/delete-user', '/sign-up/email', '/update-user',
    ],
    session: { cookieCache: { enabled: false } },
    rateLimit: {
      // Its default is off outside production. 10 tries a minute from one address, where 3 in 10 s would be 18 a minute.
      enabled: true, window: 60, max: 100, storage: 'memory' as const,
      customRules: { '/sign-in/email': { window: 60, max: 10 }, '/get-session': false as const },
    },
    advanced: {
      // The library's own `__Secure-` prefix would spoil `__Host-`. On http://localhost neither prefix is accepted.
      cookiePrefix: secure ? '__Host-burnbox' : 'burnbox',
      useSecureCookies: false,
      defaultCookieAttributes: { secure, sameSite: 'lax' as const, httpOnly: true, path: '/' },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
    },
    plugins: [
      twoFactor({ issuer: 'Burnbox' }),
      // An IP address cannot be a relying party.
      passkey({ rpName: 'Burnbox', rpID: isIP(url.hostname) ? 'localhost' : url.hostname, origin: [...originsOf(host.config)] }),
      apiKey({
        defaultKeyLength: tokenLength, customKeyGenerator: async () => newToken(), maximumNameLength: 32,
        // Its default is 10 requests a day.
        rateLimit: { enabled: false },
      }),
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
