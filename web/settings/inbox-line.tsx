// One inbox: its state, and what can be done with it.
import { verifyInboxAgain, type Inbox } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { say } from '../say.ts'

type Props = { readonly inbox: Inbox; readonly isDefault: boolean; readonly makeDefault: () => void; readonly remove: () => void }

async function sendAgain({ id, address }: Inbox) {
  try {
    await verifyInboxAgain(id)
    say(`Verification mail sent to ${address}.`)
  } catch (error) {
    say(error instanceof Error ? error.message : 'Not sent.')
  }
}

const addresses = (count: number) => (count === 1 ? '1 address' : `${count.toLocaleString('en')} addresses`)

export const InboxLine = ({ inbox, isDefault, makeDefault, remove }: Props) => (
  <li class="ln">
    <span class="ln-m">
      <b>
        <bdi>{inbox.address}</bdi>
      </b>
      <span class="hint">
        {inbox.verified
          ? `${addresses(inbox.aliases)}${isDefault ? ', the default inbox' : ''}`
          : 'Receives nothing before it is verified: follow the link in the mail'}
      </span>
    </span>
    {inbox.verified ? (
      <span class="mark-line ok">
        <Icon name="check" />
        Verified
      </span>
    ) : (
      <span class="mark-line warn">
        <Icon name="clock" />
        Waits for its link
      </span>
    )}
    <span class="ln-a">
      <Menu
        class="btn-icon"
        label={`More for ${inbox.address}`}
        items={[
          inbox.verified && !isDefault && { words: 'Make it the default inbox', do: makeDefault },
          !inbox.verified && { words: 'Send the mail again', do: () => void sendAgain(inbox) },
          { words: 'Remove…', do: remove },
        ]}
      >
        <Icon name="more" />
      </Menu>
    </span>
  </li>
)
