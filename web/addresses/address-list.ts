// The list of addresses as it was last read. It outlives its page, so that Back shows it at once and in its place.
import { signal } from '@preact/signals'
import { keep } from '../alias-store.ts'
import { aliases, type AliasSort, type AliasState } from '../api.ts'
import { paged } from '../paged.ts'

export const pageSize = 50

export type Wanted = { readonly q: string; readonly state: AliasState | ''; readonly sort: AliasSort | '' }
export const wanted = signal<Wanted>({ q: '', state: '', sort: '' })

export const addressList = paged<string>(async (cursor, abort) => {
  const page = await aliases({ ...wanted.value, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) }, abort)
  return { items: page.items.map((alias) => keep(alias).value.id), next: page.next }
})

export const isNewestFirst = () => Object.values(wanted.value).every((value) => value === '')
