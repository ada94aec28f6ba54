// All three answers together, and which one is given now.
import type { Alias, AliasState } from '../api.ts'
import { senderSees } from '../parts/sees.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { close } from './close.ts'

const goes: Readonly<Record<AliasState, string>> = { active: 'to your inbox', burned: 'to Holding', closed: 'is refused' }
const states: readonly AliasState[] = ['active', 'burned', 'closed']

export const SenderSees = ({ alias }: { readonly alias: Alias }) => (
  <section class="sec" aria-labelledby="see-h">
    <h2 id="see-h">What the sender sees</h2>
    <table class="truth">
      <thead>
        <tr>
          <td />
          <th scope="col">Sender sees</th>
          <th scope="col">Mail goes</th>
        </tr>
      </thead>
      <tbody>
        {states.map((state) => (
          <tr class={state === alias.state ? 'is-now' : undefined}>
            <th scope="row">
              <StateMark state={state} now={state === alias.state} />
            </th>
            <td>
              {senderSees[state][0]} <code>{senderSees[state][1]}</code>
            </td>
            <td>{goes[state]}</td>
          </tr>
        ))}
      </tbody>
    </table>
    <p class="hint">
      Nobody ever sees {alias.inboxes[0] ? <bdi>{alias.inboxes[0].address}</bdi> : 'your inbox'}.{' '}
      {alias.state !== 'closed' && !alias.system && (
        <button class="link" type="button" onClick={() => void close(alias)}>
          Close this address
        </button>
      )}
    </p>
  </section>
)
