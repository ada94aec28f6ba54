// One inbox: its state, and what can be done with it.
import type { Inbox } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { exact } from '../time.ts'
import { InboxCode } from './inbox-code.tsx'

type Props = {
  readonly inbox: Inbox
  readonly isDefault: boolean
  readonly makeDefault: () => void
  readonly remove: () => void
  readonly verified: () => void
  readonly secret: () => void
}

const addresses = (count: number) => (count === 1 ? '1 address' : `${count.toLocaleString('en')} addresses`)

export const InboxLine = ({ inbox, isDefault, makeDefault, remove, verified, secret }: Props) => (
  <li class={inbox.verified ? 'ln' : 'ln ln-open'}>
    <span class="ln-m">
      <b>
        <bdi>{inbox.address}</bdi>
      </b>
      <span class="hint">
        {inbox.verified
          ? `${addresses(inbox.aliases)}${isDefault ? ', the default inbox' : ''}`
          : 'Receives nothing before it is verified'}
        {inbox.reply_secret && ', answers by a secret'}
      </span>
      {inbox.refused_since && (
        <span class="hint">
          Refuses mail since {exact(new Date(inbox.refused_since))}: what it refused is in Holding. <code>{inbox.refused_reply}</code>
        </span>
      )}
    </span>
    {inbox.refused_since ? (
      <span class="mark-line warn">
        <Icon name="warn" />
        Refuses mail
      </span>
    ) : inbox.verified ? (
      <span class="mark-line ok">
        <Icon name="check" />
        Verified
      </span>
    ) : (
      <span class="mark-line warn">
        <Icon name="clock" />
        Waits for its code
      </span>
    )}
    <span class="ln-a">
      <Menu
        class="btn-icon"
        label={`More for ${inbox.address}`}
        items={[
          inbox.verified && !isDefault && { words: 'Make it the default inbox', do: makeDefault },
          inbox.verified && { words: 'Answer by a secret…', do: secret },
          { words: 'Remove…', do: remove },
        ]}
      >
        <Icon name="more" />
      </Menu>
    </span>
    {!inbox.verified && <InboxCode inbox={inbox} verified={verified} />}
  </li>
)
