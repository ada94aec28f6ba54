// Which addresses: by state, by what is odd about them, by label and inbox. And, written beside it, what Burn does.
import type { ComponentChildren } from 'preact'
import { account } from '../account.ts'
import { inboxes, labels, type AliasState } from '../api.ts'
import { localPart } from '../name-of.ts'
import { Icon } from '../parts/icon.tsx'
import { useReading } from '../parts/use-reading.ts'
import { wanted, type Wanted } from './address-list.ts'

const states: readonly (readonly [AliasState | '', string])[] = [
  ['', 'All'],
  ['active', 'Active'],
  ['burned', 'Burned'],
  ['closed', 'Closed'],
]

type Narrow = { readonly narrow: (part: Partial<Wanted>) => void }
type ChipProps = { readonly on: boolean; readonly count: number | undefined; readonly press: () => void; readonly children: ComponentChildren }

const Chip = ({ on, count, press, children }: ChipProps) => (
  <button class="chip" type="button" aria-pressed={on} onClick={press}>
    {children}
    {count !== undefined && <span class="n">{count.toLocaleString('en')}</span>}
  </button>
)

type Choice = readonly [value: string, words: string]
type ChooseProps = { readonly words: string; readonly value: string; readonly choices: readonly Choice[]; readonly choose: (value: string) => void }

/** A select of the system in the clothes of a chip: it opens over everything, and on a phone as phones do. */
const Choose = ({ words, value, choices, choose }: ChooseProps) => (
  <label class={value ? 'chip chip-s is-on' : 'chip chip-s'}>
    <span class="vh">{words}</span>
    <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">{words}: any</option>
      {choices.map(([each, name]) => (
        <option value={each}>{name}</option>
      ))}
    </select>
    <span aria-hidden="true">
      <bdi>{choices.find(([each]) => each === value)?.[1] ?? words}</bdi>
    </span>
    <Icon name="down" />
  </label>
)

export function Filters({ narrow }: Narrow) {
  const now = wanted.value
  const counts = account.value?.counts
  const known = useReading(async (signal) => Promise.all([labels(signal), inboxes(signal)]), [])
  const { value: [ofLabel, ofInbox] = [] } = known.state.value.kind === 'there' ? known.state.value : {}
  const only = (which: Wanted['only']) => narrow({ only: now.only === which ? '' : which })
  return (
    <div class="filters">
      <div class="chips" role="group" aria-label="Filter">
        {states.map(([state, words]) => (
          <Chip on={now.state === state} count={state ? counts?.[state] : undefined} press={() => narrow({ state })}>
            {words}
          </Chip>
        ))}
        <span class="sep" />
        {(counts?.strangers || now.only === 'strangers') && (
          <Chip on={now.only === 'strangers'} count={counts?.strangers} press={() => only('strangers')}>
            <Icon name="stranger" />
            Has strangers
          </Chip>
        )}
        <Chip on={now.only === 'unused'} count={counts?.unused} press={() => only('unused')}>
          Never used
        </Chip>
        {(!!ofLabel?.items.length || (ofInbox && ofInbox.items.length > 1)) && <span class="sep" />}
        {!!ofLabel?.items.length && (
          <Choose
            words="Label"
            value={now.label}
            choices={ofLabel.items.map(({ label }) => [label, label])}
            choose={(label) => narrow({ label })}
          />
        )}
        {ofInbox && ofInbox.items.length > 1 && (
          <Choose
            words="Inbox"
            value={now.inbox_id}
            choices={ofInbox.items.map(({ id, address }) => [id, localPart(address)])}
            choose={(id) => narrow({ inbox_id: id })}
          />
        )}
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
