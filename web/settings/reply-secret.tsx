// For an inbox whose provider signs nothing: what a secret in the reverse alias does, before it is switched on.
import { setReplySecret, type Inbox } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

type Props = { readonly inbox: Inbox; readonly changed: () => void; readonly close: () => void }

export function ReplySecret({ inbox, changed, close }: Props) {
  const { busy, wrong, send } = useSending()
  const turn = (on: boolean) =>
    void send(async () => {
      await setReplySecret(inbox.id, on)
      say(on ? `${inbox.address} answers by a secret.` : `${inbox.address} answers by its provider's signature.`)
      changed()
      close()
    })
  return (
    <Dialog title="Answer by a secret" onClose={close}>
      <p class="prose">
        An answer counts as yours when the provider of <bdi>{inbox.address}</bdi> vouches for it (SPF, DKIM). Some providers cannot. For them each reverse
        alias that this inbox is shown carries a secret, and whoever writes from this inbox and knows it is taken for you.
      </p>
      <p class="prose">
        The price: a forwarded message holds that secret. Pass none on as it is. {inbox.reply_secret && 'Switched off, all these secrets end.'}
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <div class="actions">
        <BusyButton busy={busy.value} onClick={() => turn(!inbox.reply_secret)}>
          {inbox.reply_secret ? 'Switch it off' : 'Switch it on'}
        </BusyButton>
        <button class="btn" type="button" onClick={close}>
          Leave it
        </button>
      </div>
    </Dialog>
  )
}
