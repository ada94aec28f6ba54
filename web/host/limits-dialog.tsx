// Changing what an account may have.
import { changeLimits, type HostAccount } from '../api-host.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { LimitsFields, limitsBy } from './limits-fields.tsx'

type Props = { readonly account: HostAccount; readonly done: () => void; readonly onClose: () => void }

export const LimitsDialog = ({ account: { id, email, limits, domains }, done, onClose }: Props) => (
  <Dialog title="What it may have" onClose={onClose}>
    <AskForm
      button="Change it"
      close={onClose}
      does={async (typed) => {
        await changeLimits(id, limitsBy(typed))
        say('Changed.')
        onClose()
        done()
      }}
    >
      {(wrong) => (
        <>
          <p class="prose">
            <bdi>{email}</bdi>
            {domains > 0 && `, with ${domains === 1 ? '1 domain' : `${domains} domains`} of its own`}. What is over a smaller limit stays; nothing new
            fits before there is room.
          </p>
          <LimitsFields bytes={limits.held_bytes} aliases={limits.aliases} more={limits} />
          {wrong && <Wrong>{wrong}</Wrong>}
        </>
      )}
    </AskForm>
  </Dialog>
)
