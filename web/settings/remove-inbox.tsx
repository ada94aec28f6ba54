// Removing an inbox: addresses that lead to it must lead elsewhere first.
import { useSignal } from '@preact/signals'
import { removeInbox, type Inbox } from '../api.ts'
import { Refused } from '../refused.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

type Props = { readonly inbox: Inbox; readonly others: readonly Inbox[]; readonly removed: () => void; readonly close: () => void }

export function RemoveInbox({ inbox, others, removed, close }: Props) {
  const inUse = useSignal(false)
  const moveTo = useSignal(others[0]?.id ?? '')
  const { busy, wrong, send } = useSending()
  async function remove() {
    const done = await send(async () => {
      try {
        await removeInbox(inbox.id, inUse.value ? moveTo.value : undefined)
      } catch (error) {
        if (error instanceof Refused && error.code === 'in-use') inUse.value = true
        throw error
      }
    })
    if (!done) return
    say(`Removed ${inbox.address}`)
    close()
    removed()
  }
  return (
    <Dialog title="Remove an inbox" onClose={close}>
      <p class="prose">
        <b>
          <bdi>{inbox.address}</bdi>
        </b>{' '}
        receives no mail from your addresses any more.
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {inUse.value && others.length > 0 && (
        <label class="field">
          <span class="field-l">Its addresses go to</span>
          <select
            class="input"
            value={moveTo.value}
            onChange={(event) => {
              moveTo.value = event.currentTarget.value
            }}
          >
            {others.map((each) => (
              <option value={each.id}>{each.address}</option>
            ))}
          </select>
        </label>
      )}
      {inUse.value && !others.length && <p class="hint">Add and verify another inbox first.</p>}
      <div class="actions">
        {(!inUse.value || others.length > 0) && (
          <BusyButton busy={busy.value} onClick={() => void remove()}>
            {inUse.value ? 'Move and remove' : 'Remove'}
          </BusyButton>
        )}
        <button class="btn" type="button" onClick={close}>
          Keep it
        </button>
      </div>
    </Dialog>
  )
}
