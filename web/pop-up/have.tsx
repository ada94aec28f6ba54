// The addresses that the company has already, and a new one.
import type { Alias } from '../api.ts'
import { AddressText } from '../parts/address-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { dayOf } from '../time.ts'

type Props = { readonly aliases: readonly Alias[]; readonly chosen: string; readonly choose: (id: string) => void }

const day = (time: string) => dayOf(new Date(time))

const fate = (alias: Alias) =>
  alias.state === 'burned' && alias.burned_at
    ? `on ${day(alias.burned_at)}, goes to Holding`
    : `since ${day(alias.created_at)}, ${alias.counts.delivered} delivered`

export const Have = ({ aliases, chosen, choose }: Props) => (
  <fieldset class="have">
    <legend class="vh">Which address</legend>
    {aliases.map((alias) => (
      <label class="have-i" key={alias.id}>
        <input type="radio" name="have" value={alias.id} checked={chosen === alias.id} onChange={() => choose(alias.id)} />
        <span class="have-b">
          <span class="have-a">
            <AddressText address={alias.address} />
          </span>
          <span class="hint">
            <StateMark state={alias.state} /> {fate(alias)}
          </span>
        </span>
      </label>
    ))}
    <label class="have-i">
      <input type="radio" name="have" value="" checked={chosen === ''} onChange={() => choose('')} />
      <span class="have-b">
        <span class="have-n">
          <Icon name="plus" />A new address
        </span>
      </span>
    </label>
  </fieldset>
)
