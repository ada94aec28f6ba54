// What the sender sees, always in the same form: eye, words, code.
import type { AliasState } from '../api.ts'
import { Icon } from './icon.tsx'

export const senderSees: Readonly<Record<AliasState, readonly [words: string, code: string]>> = {
  active: ['delivered', '250'],
  burned: ['delivered', '250'],
  closed: ['no such address', '550'],
}

export function Sees({ state }: { readonly state: AliasState }) {
  const [words, code] = senderSees[state]
  return (
    <span class="sees">
      <Icon name="eye" />
      <span>
        Sender sees <b>{words}</b> <code>{code}</code>
      </span>
    </span>
  )
}
