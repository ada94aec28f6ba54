// Somebody asks for a new password: a link goes to the account's own mailbox, at most three in an hour. Nobody is told whether there is such an
// account (RELIABILITY L07).
import { takeTry } from '../store/tries.ts'
import type { Host } from './host.ts'
import type { Identities } from './identities.ts'

const mailLimit = { most: 3, windowMs: 3_600_000 } as const

export const resetPassword = async (host: Host, identities: Pick<Identities, 'requestPasswordReset'>, address: string): Promise<void> => {
  const email = address.trim().toLowerCase()
  if (!await takeTry(host.db, host.keys.hash('tries', 'reset', email), mailLimit, host.clock.now())) return
  await identities.requestPasswordReset(email)
}
