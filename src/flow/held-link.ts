// The links of a digest: each shows one held message by its subject, and releases it or keeps it, without a sign-in. For 60 days, signed;
// opening one changes nothing.

import { burnToken, readBurnToken } from '../mail/burn-token.ts'
import { heldByNumber, keepHeld, type HeldByLink } from '../store/digests.ts'
import type { Host } from './host.ts'
import { notFound, Problem } from './problem.ts'
import { releaseHeld } from './release-held.ts'

const DAY_MS = 86_400_000
const macOf = (host: Pick<Host, 'keys'>) => (bytes: Uint8Array): Buffer => host.keys.mac('held-link', bytes)
const today = (host: Pick<Host, 'clock'>): number => Math.floor(host.clock.now().getTime() / DAY_MS)

export const heldLink = (host: Host, held: { readonly id: string; readonly aliasId: number }): string => {
  const token = burnToken({ deliveryId: BigInt(held.id), aliasId: held.aliasId, day: today(host) }, macOf(host))
  return new URL(`/waiting/${token}`, host.config.url).href
}

export const readHeldLink = async (host: Host, token: string): Promise<HeldByLink> => {
  const read = readBurnToken(token, macOf(host), today(host))
  if (read.kind === 'expired') throw new Problem('link-used', 'This link is older than 60 days. Look into Holding.')
  const held = read.kind === 'good' ? await heldByNumber(host.db, read.payload.deliveryId.toString(), read.payload.aliasId) : undefined
  if (!held) throw notFound('held message')
  return held
}

export const releaseByLink = async (host: Host, token: string): Promise<void> => {
  const { accountId, uuid } = await readHeldLink(host, token)
  await releaseHeld(host, { accountId, heldUuid: uuid })
}

export const keepByLink = async (host: Host, token: string): Promise<void> => {
  const { uuid } = await readHeldLink(host, token)
  await keepHeld(host.db, uuid, host.clock.now())
}
