// One correspondent: the address that writes to them, and whether their mail is held.
import { useSignal } from '@preact/signals'
import { changeCorrespondent, type Correspondent } from '../api.ts'
import { useCopy } from '../parts/copy.tsx'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { dayOf } from '../time.ts'
import { mailtoOf, writeAddressOf } from './write-address.ts'

const heldWhere = { alias: 'Their mail to this address is held.', account: 'Their mail is held, whichever address they write to.' } as const

export function Person({ one: first }: { readonly one: Correspondent }) {
  const changed = useSignal(first)
  const one = changed.value
  const { wrong, send } = useSending()
  const { done, copy } = useCopy(writeAddressOf(one))
  const block = (blocked: Correspondent['blocked'], words: string) =>
    void send(async () => {
      changed.value = await changeCorrespondent(one.id, { blocked })
      say(words)
    })
  return (
    <li>
      <span class="pe-n">
        <b title={one.address}>
          <bdi>{one.name ?? one.address}</bdi>
        </b>
        {one.name && (
          <span class="hint pe-a">
            <bdi>{one.address}</bdi>
          </span>
        )}
        <span class="hint">{one.blocked ? heldWhere[one.blocked] : `since ${dayOf(new Date(one.first_at))}`}</span>
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
      </span>
      {one.blocked ? (
        <span class="tag">
          <Icon name="closed" />
          Blocked
        </span>
      ) : (
        one.stranger && (
          <span class="flag">
            <Icon name="stranger" />
            Stranger
          </span>
        )
      )}
      <button class="btn-quiet pe-w" type="button" onClick={copy} aria-label={`${done ? 'Copied' : 'Write to'} ${one.address}: copies the address for it`}>
        <Icon name={done ? 'check' : 'reply'} />
        {done ? 'Copied' : 'Write to'}
      </button>
      <Menu
        class="btn-icon"
        label={`More for ${one.address}`}
        items={[
          { words: 'Open in my mail program', href: mailtoOf(one) },
          one.blocked !== 'alias' && { words: 'Hold their mail to this address', do: () => block('alias', `Mail of ${one.address} to this address is held.`) },
          one.blocked !== 'account' && { words: 'Hold their mail to every address', do: () => block('account', `Mail of ${one.address} is held.`) },
          one.blocked !== null && { words: 'Deliver their mail again', do: () => block(null, `Mail of ${one.address} is delivered again.`) },
        ]}
      >
        <Icon name="more" />
      </Menu>
    </li>
  )
}
