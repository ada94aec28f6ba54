// The page behind the burn button of a message. Opening it changes nothing, because scanners open links too: a button does it. No sign-in.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { burnLink, useBurnLink as press, type BurnLink } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Fault } from '../parts/fault.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Refused } from '../refused.ts'
import { SignFrame } from '../sign/sign-frame.tsx'

type Props = { readonly token: string; readonly their: string | undefined }

const hostOf = (uri: string) => (URL.canParse(uri) && new URL(uri).host) || 'a mail to the sender'

function Theirs({ theirs, token, their }: Props & { readonly theirs: NonNullable<BurnLink['theirs']> }) {
  const waits = useSignal(false)
  const { busy, wrong, send } = useSending()
  const wait = () =>
    void send(async () => {
      await press(token, { action: 'burn-if-they-write', ...(their && { their }) })
      waits.value = true
    })
  return (
    <div class="stack sec">
      <h2>Or unsubscribe there first</h2>
      <p class="prose">
        <bdi>{theirs.organisation}</bdi> has a way out of its own:{' '}
        <a class="link" href={theirs.uri} target="_blank" rel="noopener noreferrer">
          {hostOf(theirs.uri)}
        </a>
        . You go there as this address alone.
      </p>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {waits.value ? (
        <p class="prose" role="status">
          If <bdi>{theirs.organisation}</bdi> writes again within 10 days, the address burns by itself.
        </p>
      ) : (
        <BusyButton busy={busy.value} class="btn btn-wide btn-tall" onClick={wait}>
          Unsubscribed: burn if they write again
        </BusyButton>
      )}
    </div>
  )
}

function Ask({ first, token, their }: Props & { readonly first: BurnLink }) {
  const link = useSignal(first)
  const { busy, wrong, send } = useSending()
  const act = (action: 'burn' | 'undo') =>
    void send(async () => {
      link.value = await press(token, { action, ...(their && { their }) })
    })
  const { alias, state, can_undo: canUndo, used, theirs } = link.value
  if (state !== 'active') {
    return (
      <SignFrame head={<><bdi>{alias}</bdi> is {state}</>}>
        <div class="stack">
          <p class="prose">{state === 'burned' ? 'Its mail is held, and its senders learn nothing. Nothing is lost.' : 'Its mail is refused.'}</p>
          {wrong.value && <Wrong>{wrong.value}</Wrong>}
          {canUndo && (
            <BusyButton busy={busy.value} class="btn btn-wide btn-tall" onClick={() => act('undo')}>
              Undo: make it active again
            </BusyButton>
          )}
          <p>
            <a class="link" href="/holding">Holding</a>
          </p>
        </div>
      </SignFrame>
    )
  }
  return (
    <SignFrame head={<>Burn <bdi>{alias}</bdi>?</>}>
      <div class="stack">
        <p class="prose">From then on its mail is held instead of delivered. Its senders see nothing of it, and it can be undone.</p>
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        {used ? (
          <p class="prose">This button was pressed before. <a class="link" href="/addresses">Burn it among your addresses</a>.</p>
        ) : (
          <BusyButton busy={busy.value} class="btn-burn btn-wide btn-tall" onClick={() => act('burn')}>
            Burn this address
          </BusyButton>
        )}
        {theirs && <Theirs theirs={theirs} token={token} their={their} />}
      </div>
    </SignFrame>
  )
}

export function BurnPage({ token, their }: Props) {
  const { state, again } = useReading((signal) => burnLink(token, their, signal), [token, their])
  const now = state.value
  useEffect(() => {
    document.title = 'Burn an address – Burnbox'
  }, [])
  switch (now.kind) {
    case 'waiting':
      return <SignFrame head="Burn an address">{null}</SignFrame>
    case 'there':
      return <Ask first={now.value} token={token} their={their} />
    case 'failed':
      return (
        <SignFrame head="This link does not work">
          {now.error instanceof Refused && now.error.status < 500 ? <p class="prose">{now.error.message}</p> : <Fault error={now.error} retry={again} />}
        </SignFrame>
      )
  }
}
