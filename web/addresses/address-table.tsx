// The list itself, page after page.
import type { AliasSort } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { addressList, wanted } from './address-list.ts'
import { RowWindow } from './row-window.tsx'

type Sorting = { readonly sort: (by: AliasSort | '') => void }
type HeadProps = Sorting & {
  readonly class: string
  readonly by: AliasSort
  readonly words: string
  readonly direction: 'ascending' | 'descending'
}

/** Pressed again, the list is back in its own order: newest first. */
function SortHead({ class: look, by, words, direction, sort }: HeadProps) {
  const on = wanted.value.sort === by
  return (
    <th role="columnheader" scope="col" class={look} aria-sort={on ? direction : undefined}>
      <button class="sort" type="button" onClick={() => sort(on ? '' : by)}>
        {words}
        {on && <Icon name="sortdown" class={direction === 'ascending' ? 'is-up' : ''} />}
      </button>
    </th>
  )
}

export function AddressTable({ sort }: Sorting) {
  const pages = addressList.pages.value
  const starts = pages.map((_, i) => pages.slice(0, i).reduce((sum, page) => sum + page.length, 0))
  const rows = pages.reduce((sum, page) => sum + page.length, 0)
  return (
    <table class="list" role="table" aria-label="Addresses" aria-rowcount={addressList.complete.value ? rows + 1 : -1}>
      <thead role="rowgroup">
        <tr role="row" aria-rowindex={1}>
          <td role="cell" class="c-mark" />
          <th role="columnheader" scope="col" class="c-name">
            Company
          </th>
          <th role="columnheader" scope="col" class="c-label">
            Label
          </th>
          <SortHead class="c-addr" by="address" words="Address" direction="ascending" sort={sort} />
          <th role="columnheader" scope="col" class="c-inbox">
            Inbox
          </th>
          <SortHead class="c-last" by="last_message" words="Last mail" direction="descending" sort={sort} />
          <th role="columnheader" scope="col" class="c-state">
            State
          </th>
          <td role="cell" class="c-act" />
        </tr>
      </thead>
      {pages.map((ids, i) => (
        <RowWindow ids={ids} from={starts[i]!} key={ids[0]} />
      ))}
    </table>
  )
}
