// What is held, as it was last read: by address, those with unread mail first, and the mail of each address when it is looked at.
import { computed, signal } from '@preact/signals'
import { heldGroups, heldList, type Held, type HeldGroup } from '../api.ts'
import { paged, type Paged } from '../paged.ts'

/** How many of an address are shown before one asks for the others. */
export const few = 3
const manyAtOnce = 50

/** One address's mail, or everybody's; all of it, or what is unread. */
export const ofAlias = signal<string | undefined>(undefined)
export const onlyUnread = signal(false)

export const groups = paged<HeldGroup>((cursor, abort) => heldGroups(cursor, abort))

export const shownGroups = computed(() => groups.pages.value.flat().filter((group) => !onlyUnread.value || group.unread > 0))

const lists = new Map<string, Paged<Held>>()

/** The mail of one address. The first page is small: most are not looked at further. */
export function mailOf(aliasId: string): Paged<Held> {
  const unread = onlyUnread.value
  const name = `${aliasId} ${unread}`
  const known = lists.get(name)
  if (known) return known
  const list = paged<Held>((cursor, abort) =>
    heldList({ alias_id: aliasId, unread, limit: cursor === undefined && !ofAlias.value ? few : manyAtOnce, cursor }, abort),
  )
  lists.set(name, list)
  return list
}

/** Reading marks it as read on the server; the list is told here. */
export const readNow = signal<ReadonlySet<string>>(new Set())

export async function refreshHeld() {
  lists.clear()
  version.value += 1
  await groups.start()
}
/** Grows with each fresh look: what shows mail reads it again. */
export const version = signal(0)

/** It was released or deleted. */
export function gone({ id, alias_id: aliasId }: Held) {
  for (const list of lists.values()) list.drop((each) => each.id === id)
  groups.change((group) => (group.alias_id === aliasId ? { ...group, count: group.count - 1 } : group))
  groups.drop((group) => group.count <= 0)
}
