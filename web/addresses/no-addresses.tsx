// The list without rows: the first day, or nothing found.
import type { ComponentChildren } from 'preact'
import { Icon } from '../parts/icon.tsx'
import { isFiltered, wanted } from './address-list.ts'

const Two = () => (
  <svg class="empty-i" viewBox="0 0 120 60" aria-hidden="true">
    <rect x="2" y="8" width="70" height="44" rx="4" />
    <path class="e2" d="M2 40h70" />
    <path d="M72 14h40a4 4 0 0 1 4 4v24a4 4 0 0 1-4 4H72" />
    <path class="e2" d="M72 20h34a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H72" />
  </svg>
)

const FirstDay = ({ make }: { readonly make: () => void }) => (
  <div class="empty">
    <Two />
    <h2>No addresses yet</h2>
    <p>Make one when a form next asks for your e-mail. Each company gets its own; if one leaks, you burn only that one.</p>
    <div class="actions">
      <button class="btn btn-primary" type="button" onClick={make}>
        <Icon name="plus" />
        New address
      </button>
    </div>
  </div>
)

function NothingFound({ clear, make }: { readonly clear: () => void; readonly make: (site: string) => void }) {
  const { q, state } = wanted.value
  const whose = state ? `your ${state} addresses` : isFiltered({ but: 'q' }) ? 'the addresses that the filters leave' : 'all your addresses'
  const head: ComponentChildren = q ? (
    <>
      Nothing for “<bdi>{q}</bdi>”
    </>
  ) : (
    'No such addresses'
  )
  return (
    <div class="empty is-small">
      <h2>{head}</h2>
      {q && <p>Searched company, address, label and note of {whose}.</p>}
      <div class="actions">
        <button class="btn" type="button" onClick={clear}>
          {q ? 'Clear the search' : 'Show all'}
        </button>
        {q && (
          <button class="btn-quiet" type="button" onClick={() => make(q)}>
            <Icon name="plus" />
            <span>
              New address for “<bdi>{q}</bdi>”
            </span>
          </button>
        )}
      </div>
    </div>
  )
}

type Props = { readonly make: (site?: string) => void; readonly clear: () => void }
export const NoAddresses = ({ make, clear }: Props) =>
  isFiltered() ? <NothingFound clear={clear} make={make} /> : <FirstDay make={() => make()} />
