// A new secret for a webhook: what that means, before it is made.
import { renewWebhookSecret, type Webhook } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'

type Props = { readonly webhook: Webhook; readonly made: (secret: string) => void; readonly close: () => void }

export function NewSecret({ webhook, made, close }: Props) {
  const { busy, wrong, send } = useSending()
  const renew = () =>
    void send(async () => {
      made((await renewWebhookSecret(webhook.id)).secret)
      close()
    })
  return (
    <Dialog title="A new secret" onClose={close}>
      <p class="prose">
        Calls to <bdi>{new URL(webhook.url).host}</bdi> are signed by the new secret at once, and by it alone. What your program refuses until it knows
        it is tried again for two days.
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <div class="actions">
        <BusyButton busy={busy.value} onClick={renew}>
          Make a new secret
        </BusyButton>
        <button class="btn" type="button" onClick={close}>
          Keep the old one
        </button>
      </div>
    </Dialog>
  )
}
