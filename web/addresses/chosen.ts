// Which rows are chosen, for what can be done to several at once.
import { signal } from '@preact/signals'
import { knownAlias } from '../alias-store.ts'
import type { Alias } from '../api.ts'

export const chosen = signal<ReadonlySet<string>>(new Set())

export const chooseNone = () => {
  chosen.value = new Set()
}
export const chooseAll = (ids: readonly string[]) => {
  chosen.value = new Set(ids.filter((id) => !knownAlias(id)?.value.system))
}
export function toggle(id: string) {
  const next = new Set(chosen.value)
  if (!next.delete(id)) next.add(id)
  chosen.value = next
}
export const chosenAliases = (): readonly Alias[] => [...chosen.value].flatMap((id) => knownAlias(id)?.value ?? [])
