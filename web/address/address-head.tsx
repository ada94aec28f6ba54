// The head of an address: who, what, and what can be done with it.
import { keep } from '../alias-store.ts'
import { changeAlias, forgetAlias, type Alias } from '../api.ts'
import { Refused } from '../refused.ts'
import { addressList } from '../addresses/address-list.ts'
import { LabelEdit } from '../addresses/label-edit.tsx'
import { RowAction } from '../addresses/row-action.tsx'
import { useSignal } from '@preact/signals'
import { lit, refusedFor, restore } from '../burning.ts'
import { companyOf } from '../name-of.ts'
import { CopyAddress } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { Pinned } from '../parts/pinned.tsx'
import { Sees } from '../parts/sees.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { go } from '../route.ts'
import { say } from '../say.ts'
import { dayOf } from '../time.ts'
import { close } from './close.ts'

function Consequence({ alias, isLit }: { readonly alias: Alias; readonly isLit: boolean }) {
  if (alias.system) return <p>This address belongs to the host. It stays active.</p>
  if (alias.state === 'closed')
    return (
      <p>
        Mail is refused.
        <br />
        <Sees state="closed" />
      </p>
    )
  if (alias.state === 'burned')
    return (
      <p>
        {isLit ? 'New mail goes to Holding.' : 'Mail goes to Holding.'}
        <br />
        <Sees state="burned" />
      </p>
    )
  return (
    <p id="sees-burn">
      Mail goes to Holding.
      <br />
      <Sees state="burned" />
    </p>
  )
}

/** Forgetting is for good, so it is the one thing here that asks. */
function Forget({ alias, onClose }: { readonly alias: Alias; readonly onClose: () => void }) {
  const { busy, wrong, send } = useSending()
  const hasMail = useSignal(false)
  async function forget() {
    const done = await send(async () => {
      try {
        await forgetAlias(alias.id, hasMail.value)
      } catch (error) {
        if (error instanceof Refused && error.code === 'has-mail') hasMail.value = true
        throw error
      }
    })
    if (!done) return
    addressList.drop((id) => id === alias.id)
    say(`Forgot ${alias.address}`)
    onClose()
    go('/addresses')
  }
  return (
    <Dialog title="Forget this address" onClose={onClose}>
      <p class="prose">
        <bdi>{alias.address}</bdi> is deleted with its settings, and never given out again. Its senders see <b>no such address</b>{' '}
        <code>550</code>. To stop its mail and keep it, burn or close it.
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <div class="actions">
        <button class="btn btn-primary" type="button" aria-busy={busy.value} onClick={() => void forget()}>
          {hasMail.value ? 'Forget it and its waiting mail' : 'Forget it'}
        </button>
        <button class="btn" type="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  )
}

export function AddressHead({ alias }: { readonly alias: Alias }) {
  const forgetting = useSignal(false)
  const { wrong, send } = useSending()
  const pin = (pinned: boolean) =>
    void send(async () => {
      keep(await changeAlias(alias.id, { pinned }))
      void addressList.start()
      say(pinned ? 'Pinned: it stands first in the list.' : 'No longer pinned.')
    })
  const isLit = lit.value?.ids.includes(alias.id) ?? false
  const refused = refusedFor.value.get(alias.id)
  const into = alias.inboxes.map((inbox) => inbox.address).join(', ')
  const items = alias.system
    ? []
    : [
        alias.state === 'burned' && !isLit && { words: 'Restore and deliver held mail', do: () => void restore(alias.id, true) },
        { words: alias.pinned ? 'Unpin' : 'Pin to the top of the list', do: () => pin(!alias.pinned) },
        alias.state !== 'closed' && { words: 'Close this address', do: () => void close(alias) },
        {
          words: 'Forget this address…',
          do: () => {
            forgetting.value = true
          },
        },
      ]
  return (
    <header class={isLit ? 'head is-lit' : 'head'}>
      <div class="head-id">
        <h1>
          <bdi>{companyOf(alias)}</bdi>
        </h1>
        <p class="head-a">
          <CopyAddress address={alias.address} shown />
        </p>
        <p class="head-m">
          <StateMark state={alias.state} />
          {alias.pinned && <Pinned />}
          <span>
            {into ? (
              <>
                Goes to <bdi>{into}</bdi>
              </>
            ) : (
              'Goes to no inbox'
            )}
          </span>
          <span>Made {dayOf(new Date(alias.created_at))}</span>
          <span class="head-l">
            Label <LabelEdit alias={alias} />
          </span>
        </p>
        {(refused || wrong.value) && <Wrong>{refused ?? wrong.value}</Wrong>}
      </div>
      <div class="head-do">
        {!alias.system && <RowAction alias={alias} isLit={isLit} />}
        <Consequence alias={alias} isLit={isLit} />
        {items.length > 0 && (
          <Menu class="btn-icon" label={`More for ${alias.address}`} items={items}>
            <Icon name="more" />
          </Menu>
        )}
      </div>
      {forgetting.value && (
        <Forget
          alias={alias}
          onClose={() => {
            forgetting.value = false
          }}
        />
      )}
    </header>
  )
}
