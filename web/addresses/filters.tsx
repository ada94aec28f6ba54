// Which addresses: by state. And, written beside it, what Burn does.
import { account } from '../account.ts'
import type { AliasState } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { wanted } from './address-list.ts'

const states: readonly (readonly [AliasState | '', string])[] = [
  ['', 'All'],
  ['active', 'Active'],
  ['burned', 'Burned'],
  ['closed', 'Closed'],
]

export function Filters({ choose }: { readonly choose: (state: AliasState | '') => void }) {
  const counts = account.value?.counts
  return (
    <div class="filters">
      <div class="chips" role="group" aria-label="State">
        {states.map(([state, words]) => (
          <button class="chip" type="button" aria-pressed={wanted.value.state === state} onClick={() => choose(state)}>
            {words}
            {state && counts && <span class="n">{counts[state].toLocaleString('en')}</span>}
          </button>
        ))}
      </div>
      <p class="promise" id="sees-burn">
        <Icon name="burn" />
        <span>
          Burn: mail to Holding. Sender sees <b>delivered</b> <code>250</code>
        </span>
      </p>
    </div>
  )
}
