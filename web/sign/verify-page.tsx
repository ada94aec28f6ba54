// The page behind the link in a verification mail. Opening it is not enough: mail scanners open links too, so a button does it.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { verifyInbox } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { SignFrame } from './sign-frame.tsx'

export function VerifyPage() {
  const token = location.hash.slice(1)
  const done = useSignal<string | undefined>(undefined)
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    document.title = 'Verify an inbox – Burnbox'
  }, [])
  const verify = () =>
    void send(async () => {
      done.value = (await verifyInbox(token)).address
    })
  if (done.value) {
    return (
      <SignFrame
        head={
          <>
            <b>{done.value}</b> is verified
          </>
        }
      >
        <div class="stack">
          <p class="prose">It can receive mail from your addresses now.</p>
          <p>
            <a class="btn btn-primary" href="/settings">
              Settings
            </a>
          </p>
        </div>
      </SignFrame>
    )
  }
  return (
    <SignFrame head="Is this inbox yours?">
      <div class="stack">
        <p class="prose">Verify it, and your addresses can lead to it. If you did not ask for this, close the page: nothing happens.</p>
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall" onClick={verify}>
          Verify this inbox
        </BusyButton>
      </div>
    </SignFrame>
  )
}
