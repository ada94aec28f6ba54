// The list of addresses as it was last read. It outlives its page, so that Back shows it at once and in its place.
import { signal } from '@preact/signals'
import { keep } from '../alias-store.ts'
import { aliases, type AliasSort, type AliasState } from '../api.ts'
import { paged } from '../paged.ts'

/** The first page is small, so that it is there at once; the others are large, so that a long scroll asks seldom. */
const [firstPage, nextPages] = [50, 200]
const plotDays = 30

export type Wanted = {
  readonly q: string
  readonly state: AliasState | ''
  readonly sort: AliasSort | ''
  readonly label: string
  readonly inbox_id: string
  readonly only: 'unused' | 'strangers' | ''
}
export const all: Wanted = { q: '', state: '', sort: '', label: '', inbox_id: '', only: '' }
export const wanted = signal<Wanted>(all)

export const addressList = paged<string>(async (cursor, abort) => {
  const { only, ...words } = wanted.value
  const page = await aliases(
    {
      ...words,
      unused: only === 'unused',
      strangers: only === 'strangers',
      plot_days: plotDays,
      pinned_first: true,
      limit: cursor === undefined ? firstPage : nextPages,
      ...(cursor === undefined ? {} : { cursor }),
    },
    abort,
  )
  return { items: page.items.map((alias) => keep(alias).value.id), next: page.next }
})

export const isNewestFirst = () => Object.values(wanted.value).every((value) => value === '')
/** Something is left out: by a search or a filter, not by an order. */
export const isFiltered = ({ but = '' } = {}) => Object.entries(wanted.value).some(([name, value]) => name !== 'sort' && name !== but && value !== '')
export const sameAs = (one: Wanted, other: Wanted) => (Object.keys(all) as (keyof Wanted)[]).every((name) => one[name] === other[name])
