// A reply that was not sent: send it all the same, without what would tell, or drop it. One that did not arrive: send it again.
import { refreshAccount } from '../account.ts'
import { deleteHeld, releaseHeld, type Alias, type HeldMessage } from '../api.ts'
import { useKeys } from '../keys.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { gone as leaveList } from './held-list.ts'

type Props = { readonly message: HeldMessage; readonly alias: Alias | undefined; readonly gone: () => void }

export function HeldReplyActions({ message, alias, gone }: Props) {
  const { busy, wrong, send } = useSending()
  const reveals = message.reason === 'would-reveal'
  const removable = message.finds.length > 0 && message.finds.every((find) => find.removable)
  const leaves = (request: () => Promise<void>, words: string) =>
    void send(async () => {
      await request()
      say(words)
      gone()
      leaveList(message)
      refreshAccount(300)
    })
  const drop = () => leaves(() => deleteHeld(message.id), 'Dropped.')
  const sendNow = (how: { anyway?: boolean; without?: boolean }, words: string) => leaves(() => releaseHeld(message.id, how), words)
  useKeys({ '#': drop })
  return (
    <div class="r-acts">
      <div class="actions">
        {reveals ? (
          <>
            {removable && (
              <BusyButton busy={busy.value} describedBy="wo-d" onClick={() => sendNow({ without: true }, 'Sent without what was found.')}>
                <Icon name="release" />
                Send without that part
              </BusyButton>
            )}
            <BusyButton class="btn" busy={busy.value} describedBy="any-d" onClick={() => sendNow({ anyway: true }, 'Sent as it is.')}>
              <Icon name="eye" />
              Send anyway
            </BusyButton>
          </>
        ) : (
          <BusyButton busy={busy.value} describedBy="again-d" onClick={() => sendNow({}, 'On its way again.')}>
            <Icon name="release" />
            Send again
          </BusyButton>
        )}
        <button class="btn-quiet" type="button" aria-describedby="drop-d" onClick={drop}>
          <Icon name="trash" />
          Drop
        </button>
        <Menu
          class="btn-icon"
          label="More for this message"
          items={[
            { words: 'Download it', href: `/v1/held/${message.id}/raw`, download: true },
            { words: 'Show the address', href: `/addresses/${message.alias_id}` },
          ]}
        >
          <Icon name="more" />
        </Menu>
      </div>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <ul class="r-then">
        {reveals && removable && (
          <li id="wo-d">
            <b>Send without that part</b> leaves out the parts in which it was found, and sends the rest.
          </li>
        )}
        {reveals && (
          <li id="any-d">
            <b>Send anyway</b> sends it as it is, from <bdi>{alias?.address ?? 'this address'}</bdi>: they see what was found.
          </li>
        )}
        {!reveals && (
          <li id="again-d">
            <b>Send again</b> tries their server once more, for 5 days.
          </li>
        )}
        <li id="drop-d">
          <b>Drop</b> removes this reply for good. Nobody got it.
        </li>
      </ul>
    </div>
  )
}
