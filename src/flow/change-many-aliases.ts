// Several aliases at once: the same change for each, one by one, so that what one of them refuses stops none of the others.
import type { Alias } from '../store/aliases.ts'
import { burnAlias } from './burn-alias.ts'
import { changeAlias } from './change-alias.ts'
import { closeAlias } from './close-alias.ts'
import type { Host } from './host.ts'
import { Problem } from './problem.ts'
import { restoreAlias } from './restore-alias.ts'

export type ManyChange =
  | { readonly kind: 'burn' }
  | { readonly kind: 'close' }
  | { readonly kind: 'restore'; readonly releaseHeld: boolean }
  | { readonly kind: 'label'; readonly label: string | null }
  | { readonly kind: 'move'; readonly inboxIds: readonly string[] }

export type ManyResult = { readonly id: string; readonly result: Alias | Problem }

export const changeManyAliases = async (
  host: Host, input: { readonly accountId: string; readonly uuids: readonly string[]; readonly change: ManyChange },
): Promise<readonly ManyResult[]> => {
  const results: ManyResult[] = []
  for (const uuid of new Set(input.uuids)) {
    const result = await changeOne(host, { accountId: input.accountId, uuid }, input.change).catch((error: unknown) => {
      if (error instanceof Problem) return error
      throw error
    })
    results.push({ id: uuid, result })
  }
  return results
}

const changeOne = async (host: Host, which: { readonly accountId: string; readonly uuid: string }, change: ManyChange): Promise<Alias> => {
  switch (change.kind) {
    case 'burn': return burnAlias(host, which)
    case 'close': return closeAlias(host, which)
    case 'restore': return (await restoreAlias(host, { ...which, releaseHeld: change.releaseHeld ? 'latest-burn' : undefined })).alias
    case 'label': return changeAlias(host, { ...which, ...unchanged, label: change.label })
    case 'move': return changeAlias(host, { ...which, ...unchanged, inboxIds: change.inboxIds })
  }
}

const unchanged = { site: undefined, label: undefined, note: undefined, displayName: undefined, pinned: undefined } as const
