// Who is here: counts and sizes. Suspended mail is held, a deletion has thirty days of grace, and both can be taken back.
import { useSignal } from '@preact/signals'
import { deleteAccount, hostAccounts, restoreAccount, suspendAccount, type HostAccount } from '../api-host.ts'
import { sizeOf } from '../name-of.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { Read } from '../parts/read.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { When } from '../parts/when.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { dayOf } from '../time.ts'
import { Invitations } from './invitations.tsx'
import { LimitsDialog } from './limits-dialog.tsx'

const nearlyFull = 0.9
const number = (value: number) => value.toLocaleString('en')

function Tags({ account }: { readonly account: HostAccount }) {
  const full = account.holding_bytes / Math.max(1, account.limits.held_bytes)
  return (
    <>
      {account.role === 'operator' && <span class="tag">operator</span>}
      {account.state === 'suspended' && (
        <span class="tag">
          <Icon name="lock" />
          suspended, mail held
        </span>
      )}
      {account.state === 'leaving' && (
        <span class="tag">
          <Icon name="trash" />
          deleted {account.delete_at && `on ${dayOf(new Date(account.delete_at))}`}
        </span>
      )}
      {full >= nearlyFull && (
        <span class="tag">
          <Icon name="warn" />
          {Math.round(full * 100)} % full
        </span>
      )}
    </>
  )
}

type RowProps = {
  readonly account: HostAccount
  readonly act: (does: (id: string) => Promise<void>, words: string) => void
  readonly ask: (what: Asked) => void
}
type Asked = { readonly what: 'limits' | 'delete'; readonly account: HostAccount }

const Row = ({ account, act, ask }: RowProps) => (
  <tr role="row">
    <th role="rowheader" scope="row">
      <bdi>{account.email}</bdi>
      <Tags account={account} />
    </th>
    <td role="cell" data-l="Addresses">
      {number(account.aliases)}
      {account.limits.aliases !== null && <span class="soft"> of {number(account.limits.aliases)}</span>}
    </td>
    <td role="cell" data-l="Delivered, 30 days">
      {number(account.delivered)}
    </td>
    <td role="cell" data-l="Held">
      {number(account.holding)}
    </td>
    <td role="cell" data-l="Storage" class="ac-q">
      <span>
        {sizeOf(account.holding_bytes)} <span class="soft">of {sizeOf(account.limits.held_bytes)}</span>
      </span>
      <progress
        max={account.limits.held_bytes}
        value={Math.min(account.holding_bytes, account.limits.held_bytes)}
        aria-label={`Storage of ${account.email}`}
      />
    </td>
    <td role="cell" data-l="Last seen">
      {account.last_seen_at ? <When at={account.last_seen_at} form={dayOf} /> : 'never'}
    </td>
    <td role="cell" class="ac-m">
      <Menu
        class="btn-icon"
        label={`More for ${account.email}`}
        items={[
          { words: 'Change what it may have…', do: () => ask({ what: 'limits', account }) },
          account.state === 'active' && account.role !== 'operator' && {
            words: 'Suspend: its mail is held', do: () => act(suspendAccount, `${account.email} is suspended.`),
          },
          account.state !== 'active' && { words: 'Restore', do: () => act(restoreAccount, `${account.email} is active again.`) },
          account.state !== 'leaving' && account.role !== 'operator' && { words: 'Delete…', do: () => ask({ what: 'delete', account }) },
        ]}
      >
        <Icon name="more" />
      </Menu>
    </td>
  </tr>
)

function Delete({ account, done, onClose }: { readonly account: HostAccount; readonly done: () => void; readonly onClose: () => void }) {
  const { busy, wrong, send } = useSending()
  async function remove() {
    if (!(await send(() => deleteAccount(account.id)))) return
    say(`${account.email} is deleted in 30 days.`)
    onClose()
    done()
  }
  return (
    <Dialog title="Delete this account" onClose={onClose}>
      <p class="prose">
        <bdi>{account.email}</bdi> is suspended now and deleted in 30 days, with its addresses and all that is held. Until then it can be restored,
        and its owner can sign in, read and export. You can hand its archive over too: <code>burnbox export {account.email}</code>
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <div class="actions">
        <BusyButton busy={busy.value} onClick={() => void remove()}>
          Delete in 30 days
        </BusyButton>
        <button class="btn" type="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  )
}

const heads = ['Account', 'Addresses', 'Delivered', 'Held', 'Storage', 'Last seen']

export function Accounts() {
  const reading = useReading((signal) => hostAccounts(signal), [])
  const { again } = reading
  const { wrong, send } = useSending()
  const asked = useSignal<Asked | undefined>(undefined)
  const now = reading.state.value
  const close = () => {
    asked.value = undefined
  }
  return (
    <section class="sec" aria-labelledby="ac-h">
      <div class="sec-h">
        <h2 id="ac-h">Accounts {now.kind === 'there' && <span class="n">{now.value.items.length}</span>}</h2>
      </div>
      <p class="alert is-plain blind">
        <Icon name="lock" />
        <span>You see counts and sizes. Addresses, senders and content are not shown to operators, here or anywhere.</span>
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <Read of="accounts" reading={reading}>
        {({ items }) => (
          <table class="grid grid-a" role="table" aria-labelledby="ac-h">
            <thead role="rowgroup">
              <tr role="row">
                {heads.map((words) => (
                  <th role="columnheader" scope="col">
                    {words}
                  </th>
                ))}
                <td role="cell" />
              </tr>
            </thead>
            <tbody role="rowgroup">
              {items.map((account) => (
                <Row
                  account={account}
                  key={account.id}
                  ask={(what) => {
                    asked.value = what
                  }}
                  act={(does, words) =>
                    void send(async () => {
                      await does(account.id)
                      say(words)
                      again()
                    })
                  }
                />
              ))}
            </tbody>
          </table>
        )}
      </Read>
      {asked.value?.what === 'delete' && <Delete account={asked.value.account} done={again} onClose={close} />}
      {asked.value?.what === 'limits' && <LimitsDialog account={asked.value.account} done={again} onClose={close} />}
      <Invitations />
    </section>
  )
}
