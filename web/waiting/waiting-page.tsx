// The page behind a link of the digest: one held message by its subject. Opening it changes nothing; its buttons do. No sign-in.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useHeldLink as press, waiting, type HeldLink } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Fault } from '../parts/fault.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Refused } from '../refused.ts'
import { SignFrame } from '../sign/sign-frame.tsx'

function Ask({ message, token }: { readonly message: HeldLink; readonly token: string }) {
  const done = useSignal<'release' | 'keep' | undefined>(undefined)
  const { busy, wrong, send } = useSending()
  const act = (action: 'release' | 'keep') =>
    void send(async () => {
      await press(token, action)
      done.value = action
    })
  return (
    <SignFrame head={<bdi>{message.subject || 'No subject'}</bdi>}>
      <div class="stack">
        <p class="prose">
          From <bdi>{message.from}</bdi>
          <br />
          To <bdi>{message.alias}</bdi>
        </p>
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        {done.value ? (
          <p class="prose" role="status">
            {done.value === 'release' ? 'Released: it is on its way to your inbox.' : 'Kept in Holding. No digest names it again.'}
          </p>
        ) : message.held ? (
          <>
            <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall" onClick={() => act('release')}>
              Release it to my inbox
            </BusyButton>
            <BusyButton busy={busy.value} class="btn btn-wide btn-tall" onClick={() => act('keep')}>
              Keep it in Holding
            </BusyButton>
          </>
        ) : (
          <p class="prose">It was released already.</p>
        )}
        <p>
          <a class="link" href="/holding">Holding</a>
        </p>
      </div>
    </SignFrame>
  )
}

export function WaitingPage({ token }: { readonly token: string }) {
  const { state, again } = useReading((signal) => waiting(token, signal), [token])
  const now = state.value
  useEffect(() => {
    document.title = 'A held message – Burnbox'
  }, [])
  switch (now.kind) {
    case 'waiting':
      return <SignFrame head="A held message">{null}</SignFrame>
    case 'there':
      return <Ask message={now.value} token={token} />
    case 'failed':
      return (
        <SignFrame head="This link does not work">
          {now.error instanceof Refused && now.error.status < 500 ? <p class="prose">{now.error.message}</p> : <Fault error={now.error} retry={again} />}
        </SignFrame>
      )
  }
}
