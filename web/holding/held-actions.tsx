// Release, restore and deliver, delete: each says in one sentence what it does.
import { refreshAccount } from '../account.ts'
import { deleteHeld, markMany, releaseHeld, type Alias, type Held } from '../api.ts'
import { restore, refusedFor } from '../burning.ts'
import { useKeys } from '../keys.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { gone as leaveList, readNow, refreshHeld } from './held-list.ts'

const stays = { active: 'The address is active.', burned: 'The address stays burned.', closed: 'The address stays closed.' } as const

type Props = { readonly message: Held; readonly alias: Alias | undefined; readonly gone: () => void }

export function HeldActions({ message, alias, gone }: Props) {
  const { busy, wrong, send } = useSending()
  const into =
    alias?.inboxes
      .filter((inbox) => inbox.verified)
      .map((inbox) => inbox.address)
      .join(', ') || 'your inbox'
  const restorable = alias?.state === 'burned'
  const leaves = (words: string) => {
    say(words)
    gone()
    leaveList(message)
    refreshAccount(300)
  }
  const release = () =>
    void send(async () => {
      await releaseHeld(message.id)
      leaves(`Released to ${into}.`)
    })
  const remove = () =>
    void send(async () => {
      await deleteHeld(message.id)
      leaves('Deleted.')
    })
  const markUnread = () =>
    send(async () => {
      await markMany([message.id], false)
      readNow.value = new Set([...readNow.value].filter((id) => id !== message.id))
      say('Marked as unread.')
      refreshAccount(300)
      gone()
      await refreshHeld()
    })
  const deliverAll = () =>
    void send(async () => {
      if (!(await restore(message.alias_id, true))) throw new Error(refusedFor.value.get(message.alias_id) ?? 'Not restored.')
      gone()
      await refreshHeld()
    })
  useKeys({ r: release, '#': remove, ...(restorable ? { u: deliverAll } : {}) })
  return (
    <div class="r-acts">
      <div class="actions">
        <BusyButton busy={busy.value} describedBy="rel-d" onClick={release}>
          <Icon name="release" />
          Release
        </BusyButton>
        {restorable && (
          <button class="btn" type="button" aria-describedby="un-d" onClick={deliverAll}>
            <Icon name="undo" />
            Restore and deliver
          </button>
        )}
        <button class="btn-quiet" type="button" aria-describedby="del-d" onClick={remove}>
          <Icon name="trash" />
          Delete
        </button>
        <Menu
          class="btn-icon"
          label="More for this message"
          items={[
            { words: 'Mark as unread', do: () => void markUnread() },
            { words: 'Download the original', href: `/v1/held/${message.id}/raw`, download: true },
            { words: 'Show the address', href: `/addresses/${message.alias_id}` },
          ]}
        >
          <Icon name="more" />
        </Menu>
      </div>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <ul class="r-then">
        <li id="rel-d">
          <b>Release</b> delivers this message to <bdi>{into}</bdi>. {alias && stays[alias.state]}
        </li>
        {restorable && (
          <li id="un-d">
            <b>Restore and deliver</b> makes the address active and delivers all that was held since it was burned.
          </li>
        )}
        <li id="del-d">
          <b>Delete</b> removes this message for good.
        </li>
      </ul>
    </div>
  )
}
