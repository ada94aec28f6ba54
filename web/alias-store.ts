// Every alias that was read, once: a change made in one place shows in the list, on its page and in the toast.
import { signal, type Signal } from '@preact/signals'
import type { Alias } from './api.ts'

const known = new Map<string, Signal<Alias>>()

export function keep(alias: Alias): Signal<Alias> {
  const had = known.get(alias.id)
  if (had) {
    had.value = alias
    return had
  }
  const fresh = signal(alias)
  known.set(alias.id, fresh)
  return fresh
}

export const knownAlias = (id: string) => known.get(id)

export function change(id: string, part: Partial<Alias>) {
  const had = known.get(id)
  if (had) had.value = { ...had.value, ...part }
}
