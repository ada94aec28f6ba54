// Local mode: a real message by real SMTP to the ingress, as a company would send it.
import { useSignal } from '@preact/signals'
import { sendTest } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

type Props = { readonly aliasId: string; readonly sent: () => void }

export function SendTest({ aliasId, sent }: Props) {
  const { busy, wrong, send } = useSending()
  const reply = useSignal('')
  const go = () =>
    void send(async () => {
      const answer = await sendTest(aliasId)
      reply.value = answer.reply
      say(answer.accepted ? 'Test message sent.' : `Test message refused: ${answer.reply}`)
      sent()
    })
  return (
    <div class="test">
      <BusyButton busy={busy.value} class="btn" onClick={go}>
        Send a test message
      </BusyButton>
      {reply.value && (
        <span class="hint">
          Sender sees <code>{reply.value}</code>
        </span>
      )}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
    </div>
  )
}
