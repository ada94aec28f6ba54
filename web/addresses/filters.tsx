// Which addresses: by state. And, written beside it, what Burn does.
import type { AliasState } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { wanted } from './address-list.ts'

const states: readonly (readonly [AliasState | '', string])[] = [['', 'All'], ['active', 'Active'], ['burned', 'Burned'], ['closed', 'Closed']]

export const Filters = ({ choose }: { readonly choose: (state: AliasState | '') => void }) => (
  <div class="filters">
    <div class="chips" role="group" aria-label="State">
      {states.map(([state, words]) => <button class="chip" type="button" aria-pressed={wanted.value.state === state} onClick={() => choose(state)}>{words}</button>)}
    </div>
    <p class="promise" id="sees-burn"><Icon name="burn" /><span>Burn: mail to Holding. Sender sees <b>delivered</b> <code>250</code></span></p>
  </div>
)
