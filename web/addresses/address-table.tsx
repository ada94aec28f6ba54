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

const windowSize = 50

/** Pages in windows of rows: what comes and goes with the eye is smaller than what is asked for at once. */
function windowed(pages: readonly (readonly string[])[]) {
  const windows: { readonly ids: readonly string[]; readonly from: number }[] = []
  let rows = 0
  for (const page of pages) {
    for (let at = 0; at < page.length; at += windowSize) {
      const ids = page.slice(at, at + windowSize)
      windows.push({ ids, from: rows })
      rows += ids.length
    }
  }
  return { windows, rows }
}

export function AddressTable({ sort }: Sorting) {
  const { windows, rows } = windowed(addressList.pages.value)
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
          <th role="columnheader" scope="col" class="c-plot">
            30 days
          </th>
          <th role="columnheader" scope="col" class="c-state">
            State
          </th>
          <td role="cell" class="c-act" />
        </tr>
      </thead>
      {windows.map(({ ids, from }) => (
        <RowWindow ids={ids} from={from} key={ids[0]} />
      ))}
    </table>
  )
}
