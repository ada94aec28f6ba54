// Sign in, at whatever page one came to; that page is shown afterwards.
import { useEffect } from 'preact/hooks'
import { signIn, type Session } from '../api.ts'
import { Refused } from '../refused.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { findOutWho } from '../session.ts'
import { SignFrame } from './sign-frame.tsx'

const foot = 'Accounts are by invitation of whoever runs this host.'

async function tryIn(email: string, password: string) {
  try {
    await signIn(email, password)
  } catch (error) {
    if (error instanceof Refused && (error.status === 401 || error.status === 400))
      throw new Error('This e-mail and password do not belong together.', { cause: error })
    if (error instanceof Refused && error.status === 429)
      throw new Error('Too many tries. Wait a minute, then try again.', { cause: error })
    throw error
  }
}

export function SignInPage({ host, meanwhile }: { readonly host: Session; readonly meanwhile: boolean }) {
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    document.title = 'Sign in – Burnbox'
  }, [])
  if (host.setup_needed) return <NotSetUp host={host} />
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    if (await send(() => tryIn(String(form.get('email') ?? '').trim(), String(form.get('password') ?? '')))) await findOutWho()
  }
  return (
    <SignFrame
      head={
        <>
          Sign in to <b>{host.domain}</b>
        </>
      }
      foot={foot}
    >
      <form class="stack" onSubmit={submit} noValidate>
        {meanwhile && <p class="prose">You were signed out. Sign in again: you come back to this page.</p>}
        <Field
          words="E-mail"
          type="email"
          name="email"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          placeholder="you@family.example"
        />
        <Field words="Password" type="password" name="password" autocomplete="current-password" />
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall">
          Sign in
        </BusyButton>
      </form>
    </SignFrame>
  )
}

const NotSetUp = ({ host }: { readonly host: Session }) => (
  <SignFrame
    head={
      <>
        <b>{host.domain}</b> has no account yet
      </>
    }
  >
    <p class="prose">
      Open the set-up link that Burnbox printed when it started. It looks like <code>/setup#…</code> and works once.
    </p>
  </SignFrame>
)
