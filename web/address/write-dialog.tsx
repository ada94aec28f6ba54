// "Write to someone new": their address, and then the one to write to. What is burned or closed is restored first.
import { useSignal } from '@preact/signals'
import { writeTo, type Alias, type Correspondent } from '../api.ts'
import { refusedFor, restore } from '../burning.ts'
import { AddressText } from '../parts/address-text.tsx'
import { AskForm } from '../parts/ask-form.tsx'
import { BusyButton } from '../parts/busy-button.tsx'
import { CopyButton } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { mailtoOf, writeAddressOf } from './write-address.ts'

type Props = { readonly alias: Alias; readonly onClose: () => void; readonly made: () => void }

function RestoreFirst({ alias }: { readonly alias: Alias }) {
  const { busy, wrong, send } = useSending()
  const again = () =>
    void send(async () => {
      if (!(await restore(alias.id, false))) throw new Error(refusedFor.value.get(alias.id) ?? 'Not restored.')
    })
  return (
    <>
      <p>
        <StateMark state={alias.state} /> Nothing is sent from this address. Restored, it sends, and its mail is delivered again.
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <div class="actions">
        <BusyButton busy={busy.value} onClick={again}>
          <Icon name="undo" />
          Restore it
        </BusyButton>
      </div>
    </>
  )
}

const Ready = ({ alias, one, onClose }: { readonly alias: Alias; readonly one: Correspondent; readonly onClose: () => void }) => (
  <>
    <p class="prose">
      Mail to this address reaches <bdi>{one.address}</bdi> as from <bdi>{alias.address}</bdi>. Send it from{' '}
      {alias.inboxes.length === 1 ? <bdi>{alias.inboxes[0]!.address}</bdi> : 'an inbox of this address'}.
    </p>
    <div class="made">
      <span class="made-l">Write to</span>
      <span class="made-a">
        <AddressText address={writeAddressOf(one)} />
      </span>
    </div>
    <div class="actions">
      <CopyButton text={writeAddressOf(one)} primary />
      <a class="btn" href={mailtoOf(one)}>
        <Icon name="reply" />
        Open in my mail program
      </a>
      <button class="btn-quiet" type="button" onClick={onClose}>
        Close
      </button>
    </div>
  </>
)

export function WriteDialog({ alias, onClose, made }: Props) {
  const one = useSignal<Correspondent | undefined>(undefined)
  return (
    <Dialog title="Write to someone new" onClose={onClose}>
      {one.value ? (
        <Ready alias={alias} one={one.value} onClose={onClose} />
      ) : alias.state !== 'active' ? (
        <RestoreFirst alias={alias} />
      ) : (
        <AskForm
          button="Make the address"
          close={onClose}
          does={async ({ text }) => {
            one.value = await writeTo(alias.id, { address: text('address'), ...(text('name') && { name: text('name') }) })
            made()
          }}
        >
          {(wrong) => (
            <>
              <p class="prose">You get an address for them. They see this address alone.</p>
              <Field words="Their address" name="address" type="email" inputMode="email" autocomplete="off" maxLength={320} wrong={wrong} />
              <Field
                words={
                  <>
                    Name <i>only you see it</i>
                  </>
                }
                name="name"
                autocomplete="off"
                maxLength={100}
              />
            </>
          )}
        </AskForm>
      )}
    </Dialog>
  )
}
