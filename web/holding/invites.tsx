// What in a message makes a mail program answer from the real address: said before it is answered.
import { account } from '../account.ts'
import type { Content } from '../api.ts'
import { Icon } from '../parts/icon.tsx'

const words = {
  calendar: 'Accepting the invitation in it answers from your real address: the calendar program asks nobody.',
  mailto: 'A link in it opens a new message, which your mail program sends from your real address.',
} as const
const rewritten = 'The invitation in it is answered as this address once it is in your inbox, unless it is signed or encrypted.'

export const Invites = ({ of }: { readonly of: Content['invites'] }) => (
  <div class="alert invites" role="note">
    <Icon name="warn" />
    <div>
      {of.map((invite) => (
        <p>{invite === 'calendar' && account.value?.rewrite_invitations ? rewritten : words[invite]}</p>
      ))}
      <p class="hint">A reply to the message itself goes out as this address.</p>
    </div>
  </div>
)
