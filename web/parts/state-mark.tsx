// Active, burned, closed: icon and word, never colour alone.
import type { AliasState } from '../api.ts'
import { Icon } from './icon.tsx'

const words: Readonly<Record<AliasState, string>> = { active: 'Active', burned: 'Burned', closed: 'Closed' }

export const StateMark = ({ state, now = false }: { readonly state: AliasState; readonly now?: boolean }) => (
  <span class={`state state-${state}`}>
    <Icon name={state} />
    {words[state]}
    {now && ' now'}
  </span>
)
