// Sign-in: better-auth, mounted at /auth (never /api/auth: other dialects own it). Its tables are in sql/; it never migrates.
// RELIABILITY L04–L08. Accounts that our own flows make are written by store/accounts, tokens are looked up by store/tokens.
import { betterAuth } from 'better-auth'
import { hashPassword } from 'better-auth/crypto'
import type { Host } from '../flow/host.ts'
import type { Identities } from '../flow/identities.ts'
import { authOptions, type Registrar } from './auth-options.ts'

export type SessionLine = {
  readonly id: string
  readonly token: string
  readonly createdAt: Date
  readonly usedAt: Date
  readonly address: string | null
  readonly userAgent: string | null
}

export type Auth = Identities & {
  /** What below /auth is open to browsers; everything else that the library has is not there. */
  readonly handle: (request: Request) => Promise<Response>
  /** The account of the session cookie. */
  readonly accountOfSession: (headers: Headers) => Promise<string | undefined>
  /** The session cookie's own session. */
  readonly sessionOf: (headers: Headers) => Promise<{ readonly accountId: string; readonly id: string; readonly createdAt: Date } | undefined>
  readonly sessionsOf: (accountId: string) => Promise<readonly SessionLine[]>
  readonly endSession: (token: string) => Promise<void>
  /** The answer to a sign-in, with its Set-Cookie. */
  readonly signIn: (email: string, password: string, headers: Headers) => Promise<Response>
  readonly isPassword: (headers: Headers, password: string) => Promise<boolean>
  /** For somebody without a session: `registrar` knows who it is. Options, and then the answer to them, which signs in. */
  readonly passkeyOptions: (registrar: Registrar, headers: Headers) => Promise<Response>
  readonly registerPasskey: (response: unknown, name: string | undefined, headers: Headers) => Promise<Response>
}

/** Ways in that a browser may use. The library has more: they would make tokens without scopes, put tokens into URLs, or change what nobody verified. */
const open = new Set([
  'POST /auth/sign-in/email', 'POST /auth/sign-out', 'POST /auth/change-password', 'POST /auth/reset-password',
  'POST /auth/two-factor/enable', 'POST /auth/two-factor/disable', 'POST /auth/two-factor/verify-totp', 'POST /auth/two-factor/verify-backup-code',
  'POST /auth/two-factor/generate-backup-codes',
  'GET /auth/passkey/generate-register-options', 'POST /auth/passkey/verify-registration',
  'GET /auth/passkey/generate-authenticate-options', 'POST /auth/passkey/verify-authentication',
  'POST /auth/passkey/delete-passkey', 'POST /auth/passkey/update-passkey',
])

/** What the library says of a database that is away is a 500 without a cause: so that is asked once more. */
export const createAuth = (host: Host): Auth => {
  const auth = betterAuth(authOptions(host))
  const session = (headers: Headers) => auth.api.getSession({ headers, query: { disableCookieCache: true } }).catch(async (error: unknown) => {
    await host.pingStore()
    throw error
  })
  return {
    handle: async (request) => {
      const url = new URL(request.url)
      const known = open.has(`${request.method} ${url.pathname}`) && !url.searchParams.has('context')
      if (!known) return new Response(null, { status: 404 })
      const answer = await auth.handler(request)
      if (answer.status >= 500) await host.pingStore()
      return withoutTokens(answer)
    },
    accountOfSession: async (headers) => (await session(headers))?.user.id,
    sessionOf: async (headers) => {
      const found = await session(headers)
      return found ? { accountId: found.user.id, id: found.session.id, createdAt: found.session.createdAt } : undefined
    },
    sessionsOf: async (accountId) => {
      const { internalAdapter } = await auth.$context
      const sessions = await internalAdapter.listSessions(accountId, { onlyActiveSessions: true })
      return sessions.map((one) => ({
        id: one.id, token: one.token, createdAt: one.createdAt, usedAt: one.updatedAt, address: one.ipAddress ?? null, userAgent: one.userAgent ?? null,
      }))
    },
    endSession: async (token) => (await auth.$context).internalAdapter.deleteSession(token),
    signIn: (email, password, headers) => auth.api.signInEmail({ body: { email, password }, headers, asResponse: true }),
    requestPasswordReset: async (email) => void await auth.api.requestPasswordReset({ body: { email } }),
    isPassword: (headers, password) => auth.api.verifyPassword({ headers, body: { password } }).then(() => true, () => false),
    passkeyOptions: (registrar, headers) => auth.api.generatePasskeyRegistrationOptions({
      query: { context: JSON.stringify(registrar) }, headers: withoutSession(headers), asResponse: true,
    }),
    registerPasskey: (response, name, headers) => auth.api.verifyPasskeyRegistration({
      body: { response, createSession: true, ...(name !== undefined && { name }) }, headers: withoutSession(headers), asResponse: true,
    }),
    hashPassword,
    createToken: async ({ accountId, name, scopes, lifetimeSeconds }) => {
      const made = await auth.api.createApiKey({
        body: {
          userId: accountId, name, permissions: { burnbox: [...scopes] }, ...(lifetimeSeconds !== undefined && { expiresIn: lifetimeSeconds }),
        },
      })
      return { id: made.id, token: made.key }
    },
  }
}

/** The cookie is HttpOnly so that no script has the session's token: then the body must not tell it either. */
const withoutTokens = async (answer: Response): Promise<Response> => {
  if (answer.headers.get('content-type')?.startsWith('application/json') !== true) return answer
  const { token: _token, session: _session, ...rest } = await answer.json() as Record<string, unknown>
  const headers = new Headers(answer.headers)
  headers.delete('content-length')
  return new Response(JSON.stringify(rest), { status: answer.status, headers })
}

/** Somebody else may be signed in with this browser: the passkey is for the account of the link. */
const withoutSession = (headers: Headers): Headers => {
  const without = new Headers(headers)
  const kept = (headers.get('cookie') ?? '').split(/;\s*/).filter((cookie) => !/\.session_token=/.test(cookie))
  without.set('cookie', kept.join('; '))
  return without
}
