// Sign-in by password and code, as it is on the page: the same library, the same limits, the same mail about a new device. What comes
// out is an API key; the session on the way is ended.
import type { Context } from 'hono'
import { createLimitedToken } from '../../flow/create-token.ts'
import { Problem } from '../../flow/problem.ts'
import { accountById, type Account } from '../../store/accounts.ts'
import { scopes } from '../../store/tokens.ts'
import { withClientAddress } from '../client-address.ts'
import { refuseUnlessAllowed } from '../guard.ts'
import type { HttpEnv, Services } from '../services.ts'

/** Who asks, as far as limits and the mail about a new device go. */
export type From = { readonly clientAddress: string; readonly userAgent: string | undefined }
export const fromOf = (c: Context<HttpEnv>): From => ({ clientAddress: c.var.clientAddress, userAgent: c.req.header('user-agent') })
export type NewKey = { readonly name: string; readonly expiresAt?: Date | undefined }
export type SignedIn =
  | { readonly kind: 'signed-in'; readonly key: string; readonly name: string; readonly account: Account }
  | { readonly kind: 'needs-code'; readonly mfaKey: string }
  | { readonly kind: 'refused' }

/** The cookie in which the library remembers who gave the right password: signed, good for some minutes, handed to the client as its `mfa_key`. */
const pendingCookie = /^[\w-]+\.two_factor=[^;,\s]+$/
const mostName = 32

export const createPasswordSignIn = ({ host, auth }: Services) => {
  const { origin } = host.config.url

  const ask = async (path: string, body: object | undefined, from: From, cookie?: string): Promise<Response> => {
    const headers = new Headers({ 'content-type': 'application/json', origin, 'user-agent': from.userAgent ?? 'unknown', ...(cookie && { cookie }) })
    const answer = await auth.handle(new Request(new URL(path, origin), {
      method: 'POST', headers: withClientAddress(headers, from.clientAddress), ...(body && { body: JSON.stringify(body) }),
    }))
    if (answer.status === 429) throw new Problem('too-many', 'Too many tries. Wait a quarter of an hour.')
    return answer
  }

  const keyOf = async (answer: Response, from: From, wanted: NewKey): Promise<SignedIn> => {
    const cookie = cookiesOf(answer).join('; ')
    const accountId = await auth.accountOfSession(new Headers({ cookie }))
    const account = accountId === undefined ? undefined : await accountById(host.db, accountId)
    try {
      if (!account) return { kind: 'refused' }
      await refuseUnlessAllowed(host, { accountId: account.id, scopes }, 'manage')
      return { kind: 'signed-in', account, ...await issueKey({ host, auth }, account.id, wanted) }
    } finally {
      await ask('/auth/sign-out', undefined, from, cookie)
    }
  }

  return {
    withPassword: async (email: string, password: string, from: From, wanted: NewKey): Promise<SignedIn> => {
      const answer = await ask('/auth/sign-in/email', { email: email.trim(), password }, from)
      if (!answer.ok) return { kind: 'refused' }
      const { twoFactorRedirect } = await answer.json() as { twoFactorRedirect?: boolean }
      if (twoFactorRedirect !== true) return keyOf(answer, from, wanted)
      const pending = cookiesOf(answer).find((cookie) => pendingCookie.test(cookie))!
      return { kind: 'needs-code', mfaKey: Buffer.from(pending).toString('base64url') }
    },
    /** Counted as a sign-in, and none. */
    isPassword: async (email: string, password: string, from: From): Promise<boolean> => {
      const answer = await ask('/auth/sign-in/email', { email, password }, from)
      if (answer.ok) await ask('/auth/sign-out', undefined, from, cookiesOf(answer).join('; '))
      return answer.ok
    },
    withCode: async (mfaKey: string, code: string, from: From, wanted: NewKey): Promise<SignedIn> => {
      const pending = Buffer.from(mfaKey, 'base64url').toString()
      if (!pendingCookie.test(pending)) return { kind: 'refused' }
      const answer = await ask('/auth/two-factor/verify-totp', { code: code.trim() }, from, pending)
      return answer.ok ? keyOf(answer, from, wanted) : { kind: 'refused' }
    },
  }
}

/** A key for everything, as these clients expect it. It ends no later than the one that asks for it. */
export const issueKey = async (
  { host, auth }: Pick<Services, 'host' | 'auth'>, accountId: string, wanted: NewKey, notAfter?: Date | null,
): Promise<{ readonly key: string; readonly name: string }> => {
  const name = wanted.name.slice(0, mostName).trim() || 'an app'
  const { token } = await createLimitedToken(host, auth, { accountId, name, scopes: ['manage'], expiresAt: wanted.expiresAt, notAfter })
  return { key: token, name }
}

const cookiesOf = (answer: Response): string[] => answer.headers.getSetCookie().map((line) => line.split(';')[0]!)
