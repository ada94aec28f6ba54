// Changing what an account may have.
import { useRef } from 'preact/hooks'
import { changeLimits, type HostAccount } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { LimitsFields, limitsBy } from './limits-fields.tsx'

type Props = { readonly account: HostAccount; readonly done: () => void; readonly onClose: () => void }

export function LimitsDialog({ account, done, onClose }: Props) {
  const form = useRef<HTMLFormElement>(null)
  const { busy, wrong, send } = useSending()
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (!(await send(async () => changeLimits(account.id, limitsBy(new FormData(form.current!)))))) return
    say('Changed.')
    onClose()
    done()
  }
  return (
    <Dialog title="What it may have" onClose={onClose}>
      <form class="stack" ref={form} onSubmit={submit} noValidate>
        <p class="prose">
          <bdi>{account.email}</bdi>. What is over a smaller limit stays; nothing new fits before there is room.
        </p>
        <LimitsFields bytes={account.limits.held_bytes} aliases={account.limits.aliases} />
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        <div class="actions">
          <BusyButton busy={busy.value}>Change it</BusyButton>
          <button class="btn" type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}
