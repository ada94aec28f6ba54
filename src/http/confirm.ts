// Who asks is who signed in: for what a session that somebody left open must not do.
import { Problem } from '../flow/problem.ts'
import { hasPassword } from '../store/credentials.ts'
import { takeTry } from '../store/tries.ts'
import type { Services } from './services.ts'

const passwordLimit = { most: 10, windowMs: 15 * 60_000 } as const
const freshMs = 15 * 60_000

/** The password once more or, for who has none, a session that began just now. */
export const confirm = async (
  { host, auth }: Pick<Services, 'host' | 'auth'>, accountId: string, headers: Headers, password: string | undefined,
): Promise<void> => {
  if (await hasPassword(host.db, accountId)) {
    if (!await takeTry(host.db, host.keys.hash('tries', 'password', accountId), passwordLimit, host.clock.now())) {
      throw new Problem('too-many', 'Too many tries. Try again in a quarter of an hour.')
    }
    if (password !== undefined && await auth.isPassword(headers, password)) return
    throw new Problem('forbidden', 'This is not your password.', { field: 'password' })
  }
  const session = await auth.sessionOf(headers)
  if (session && host.clock.now().getTime() - session.createdAt.getTime() < freshMs) return
  throw new Problem('forbidden', 'Sign in again with your passkey first, then do this within a quarter of an hour.', { field: 'session' })
}
