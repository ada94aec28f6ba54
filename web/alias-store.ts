// Every alias that was read, once: a change made in one place shows in the list, on its page and in the toast.
import { signal, type Signal } from '@preact/signals'
import type { Alias, Plot } from './api.ts'

/** The list brings the plot of an alias, single answers do not: it stays as it was last drawn. */
export type KnownAlias = Alias & { readonly plot?: Plot | undefined }

const known = new Map<string, Signal<KnownAlias>>()

export function keep(alias: KnownAlias): Signal<KnownAlias> {
  const had = known.get(alias.id)
  if (had) {
    had.value = { ...had.value, ...alias }
    return had
  }
  const fresh = signal<KnownAlias>(alias)
  known.set(alias.id, fresh)
  return fresh
}

export const knownAlias = (id: string) => known.get(id)

export function change(id: string, part: Partial<Alias>) {
  const had = known.get(id)
  if (had) had.value = { ...had.value, ...part }
}
