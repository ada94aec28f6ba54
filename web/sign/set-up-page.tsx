// The page behind a one-time link: the first account of a host, or the first sign-in of any other. The token stays in the fragment.
import { useEffect } from 'preact/hooks'
import { readLink, setUp, type Session } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { go } from '../route.ts'
import { findOutWho } from '../session.ts'
import { SignFrame } from './sign-frame.tsx'

const leastPassword = 10

export function SetUpPage({ host }: { readonly host: Session }) {
  const token = location.hash.slice(1)
  const link = useReading(() => readLink(token), [token])
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    document.title = 'Set up – Burnbox'
  }, [])
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const email = form.get('email')
    const password = String(form.get('password') ?? '')
    const done = await send(async () => {
      if (password.length < leastPassword)
        throw new Error(`The password needs at least ${leastPassword} characters. This one has ${password.length}.`)
      await setUp({ token, password, ...(email === null ? {} : { email: String(email).trim() }) })
    })
    if (!done) return
    go('/addresses', { replace: true })
    await findOutWho()
  }
  const now = link.state.value
  if (now.kind === 'waiting')
    return (
      <SignFrame
        head={
          <>
            Set up <b>{host.domain}</b>
          </>
        }
      >
        {null}
      </SignFrame>
    )
  if (now.kind === 'failed') return <Dead why={now.error instanceof Error ? now.error.message : ''} host={host} />
  const first = now.value.purpose === 'setup'
  return (
    <SignFrame
      head={
        first ? (
          <>
            Set up <b>{host.domain}</b>
          </>
        ) : (
          <>
            Welcome to <b>{host.domain}</b>
          </>
        )
      }
      foot={first ? 'This account is the operator’s. postmaster and abuse at this host lead to its inbox.' : undefined}
    >
      <form class="stack" onSubmit={submit} noValidate>
        {first ? (
          <Field
            words="Your e-mail"
            type="email"
            name="email"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            placeholder="you@family.example"
            hint="Your real inbox. Mail goes there, and no company ever sees it."
          />
        ) : (
          <Field words="Your e-mail" type="email" name="shown" autocomplete="username" value={now.value.email ?? ''} readOnly />
        )}
        <Field
          words="Choose a password"
          type="password"
          name="password"
          autocomplete="new-password"
          hint={`At least ${leastPassword} characters.`}
        />
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall">
          {first ? 'Make the account' : 'Sign in'}
        </BusyButton>
      </form>
    </SignFrame>
  )
}

const Dead = ({ why, host }: { readonly why: string; readonly host: Session }) => (
  <SignFrame head={<>This link does not work</>}>
    <div class="stack">
      <p class="prose">{why}</p>
      {!host.setup_needed && (
        <p>
          <a class="btn" href="/addresses">
            {host.signed_in ? 'Addresses' : 'Sign in'}
          </a>
        </p>
      )}
    </div>
  </SignFrame>
)
