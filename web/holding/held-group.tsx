// The held mail of one address: the newest three, the others on request.
import { useEffect } from 'preact/hooks'
import { useSignal } from '@preact/signals'
import type { HeldGroup as Group } from '../api.ts'
import { restore } from '../burning.ts'
import { AddressText } from '../parts/address-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { WhenSeen } from '../parts/when-seen.tsx'
import { dayOf } from '../time.ts'
import { DeleteAll } from './delete-all.tsx'
import { few, mailOf, onlyUnread, readNow, refreshHeld, version } from './held-list.ts'
import { whyIcon, whySentence } from './held-why.ts'
import { MessageLine } from './message-line.tsx'
import { releaseHeld } from './release-held.ts'

type Props = { readonly group: Group; readonly openId: string | undefined; readonly search: string }

function Why({ group: { reasons, burned_at: burnedAt } }: { readonly group: Group }) {
  const [reason] = reasons
  if (reasons.length > 1) return <p>For several reasons</p>
  if (reason === 'burned') return <p>{burnedAt ? `Burned on ${dayOf(new Date(burnedAt))}` : 'Burned'}</p>
  return <p>{reason && whySentence(reason, reason)}</p>
}

export function HeldGroup({ group, openId, search }: Props) {
  const list = mailOf(group.alias_id)
  const deleting = useSignal(false)
  const messages = list.pages.value.flat()
  const total = onlyUnread.value ? group.unread : group.count
  const seen = () => {
    if (!messages.length && list.standing.value === 'first') void list.start()
  }
  useEffect(() => {
    if (version.value > 0 && openId && !messages.length) void list.start()
  }, [version.value])
  const deliver = async () => {
    if (await restore(group.alias_id, true)) void refreshHeld()
  }
  const { reasons, alias, alias_id: aliasId } = group
  return (
    <section class="grp" aria-labelledby={`g-${aliasId}`}>
      <header class="grp-h">
        <Icon name={reasons.length === 1 ? whyIcon(reasons[0]!) : 'holding'} />
        <h2 id={`g-${aliasId}`}>
          <a href={`/addresses/${aliasId}`}>
            <AddressText address={alias} />
          </a>
        </h2>
        <span class="grp-n">
          {total.toLocaleString('en')} {onlyUnread.value ? 'unread' : 'held'}
        </span>
        <Menu
          class="btn-icon"
          label={`More for ${alias}`}
          items={[
            { words: 'Show the address', href: `/addresses/${aliasId}` },
            { words: `Release all ${group.count.toLocaleString('en')}`, do: () => void releaseHeld({ alias_id: aliasId }) },
            reasons.includes('burned') && group.state === 'burned' && { words: 'Restore and deliver', do: () => void deliver() },
            {
              words: 'Delete all…',
              do: () => {
                deleting.value = true
              },
            },
          ]}
        >
          <Icon name="more" />
        </Menu>
        <Why group={group} />
      </header>
      <WhenSeen does={seen} on={version.value} near="300px" />
      {messages.length ? (
        <ul>
          {messages.map((message) => (
            <li key={message.id}>
              <MessageLine
                message={readNow.value.has(message.id) ? { ...message, read_at: message.held_at } : message}
                href={`/holding/${message.id}${search}`}
                current={message.id === openId}
              />
            </li>
          ))}
        </ul>
      ) : (
        <ul aria-hidden="true">
          {Array.from({ length: Math.min(few, total) }, () => (
            <li class="msg msg-sk" />
          ))}
        </ul>
      )}
      {messages.length > 0 && !list.complete.value && (
        <button class="grp-m" type="button" onClick={() => void list.more()}>
          {Math.max(1, total - messages.length).toLocaleString('en')} older
          <Icon name="down" />
        </button>
      )}
      {deleting.value && (
        <DeleteAll
          group={group}
          onClose={() => {
            deleting.value = false
          }}
        />
      )}
    </section>
  )
}
