// The held mail of one address: the newest three, the others on request.
import { useSignal } from '@preact/signals'
import { restore } from '../burning.ts'
import { AddressText } from '../parts/address-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { heldList, readNow, type Group } from './held-list.ts'
import { whyIcon, whySentence } from './held-why.ts'
import { MessageLine } from './message-line.tsx'

const few = 3

type Props = {
  readonly group: Group
  readonly openId: string | undefined
  readonly search: string
  readonly whole: boolean
  readonly complete: boolean
}

export function HeldGroup({ group, openId, search, whole, complete }: Props) {
  const all = useSignal(whole)
  const { messages, alias, aliasId } = group
  const shown = all.value || messages.findIndex((message) => message.id === openId) >= few ? messages : messages.slice(0, few)
  const reasons = new Set(messages.map((message) => message.reason))
  const [reason] = reasons
  const deliver = async () => {
    if (await restore(aliasId, true)) void heldList.start()
  }
  return (
    <section class="grp" aria-labelledby={`g-${aliasId}`}>
      <header class="grp-h">
        <Icon name={reasons.size === 1 ? whyIcon(reason!) : 'holding'} />
        <h2 id={`g-${aliasId}`}>
          <a href={`/addresses/${aliasId}`}>
            <AddressText address={alias} />
          </a>
        </h2>
        <span class="grp-n">
          {messages.length}
          {complete ? '' : '+'} held
        </span>
        <Menu
          class="btn-icon"
          label={`More for ${alias}`}
          items={[
            { words: 'Show the address', href: `/addresses/${aliasId}` },
            reasons.has('burned') && { words: 'Restore and deliver', do: () => void deliver() },
          ]}
        >
          <Icon name="more" />
        </Menu>
        <p>
          {reasons.size === 1 ? (reason === 'burned' ? 'Burned' : whySentence(reason!, messages[0]!.reason_text)) : 'For several reasons'}
        </p>
      </header>
      <ul>
        {shown.map((message) => (
          <li key={message.id}>
            <MessageLine
              message={readNow.value.has(message.id) ? { ...message, read_at: message.held_at } : message}
              href={`/holding/${message.id}${search}`}
              current={message.id === openId}
            />
          </li>
        ))}
      </ul>
      {shown.length < messages.length && (
        <button
          class="grp-m"
          type="button"
          onClick={() => {
            all.value = true
          }}
        >
          {messages.length - few} older
          <Icon name="down" />
        </button>
      )}
    </section>
  )
}
