// What is held, as it was last read. One alias's mail, or everybody's.
import { signal } from '@preact/signals'
import { heldList as readHeld, type Held } from '../api.ts'
import { paged } from '../paged.ts'

export const ofAlias = signal<string | undefined>(undefined)

export const heldList = paged<Held>((cursor, abort) =>
  readHeld({ alias_id: ofAlias.value, limit: 100, ...(cursor === undefined ? {} : { cursor }) }, abort),
)

/** Reading marks it as read on the server; the list is told here. */
export const readNow = signal<ReadonlySet<string>>(new Set())

export type Group = { readonly aliasId: string; readonly alias: string; readonly messages: readonly Held[] }

/** By address, the one with the newest mail first. */
export function grouped(messages: readonly Held[]): readonly Group[] {
  const groups = new Map<string, Held[]>()
  for (const message of messages) {
    const group = groups.get(message.alias_id)
    if (group) group.push(message)
    else groups.set(message.alias_id, [message])
  }
  return [...groups].map(([aliasId, each]) => ({ aliasId, alias: each[0]!.alias, messages: each }))
}
