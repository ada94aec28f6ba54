// Sign in, at whatever page one came to; that page is shown afterwards. By password, by passkey, and with a code where one is set up.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { signIn, type Session } from '../api-sign-in.ts'
import { Refused } from '../refused.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { findOutWho } from '../session.ts'
import { CodeStep } from './code-step.tsx'
import { NotSetUp } from './not-set-up.tsx'
import { PasskeyButton } from './passkey-button.tsx'
import { SignFrame } from './sign-frame.tsx'

async function tryIn(email: string, password: string): Promise<boolean> {
  try {
    return await signIn(email, password)
  } catch (error) {
    if (error instanceof Refused && (error.status === 401 || error.status === 400))
      throw new Error('This e-mail and password do not belong together.', { cause: error })
    if (error instanceof Refused && error.status === 429)
      throw new Error('Too many tries. Wait a minute, then try again.', { cause: error })
    throw error
  }
}

const Foot = ({ open }: { readonly open: boolean }) =>
  open ? (
    <>
      No account yet? <a href="/sign-up">Ask for one</a>
    </>
  ) : (
    <>Accounts are by invitation of whoever runs this host.</>
  )

export function SignInPage({ host, meanwhile }: { readonly host: Session; readonly meanwhile: boolean }) {
  const { busy, wrong, send } = useSending()
  const codeAsked = useSignal(false)
  useEffect(() => {
    document.title = 'Sign in – Burnbox'
  }, [])
  if (host.setup_needed) return <NotSetUp host={host} />
  if (codeAsked.value) return <CodeStep />
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const done = await send(async () => {
      codeAsked.value = await tryIn(String(form.get('email') ?? '').trim(), String(form.get('password') ?? ''))
    })
    if (done && !codeAsked.value) await findOutWho()
  }
  return (
    <SignFrame
      head={
        <>
          Sign in to <b>{host.domain}</b>
        </>
      }
      foot={<Foot open={host.sign_up === 'open'} />}
    >
      <form class="stack" onSubmit={submit} noValidate>
        {meanwhile && <p class="prose">You were signed out. Sign in again: you come back to this page.</p>}
        <Field
          words="E-mail"
          type="email"
          name="email"
          autocomplete="username webauthn"
          autocapitalize="none"
          spellcheck={false}
          placeholder="you@family.example"
        />
        <Field words="Password" type="password" name="password" autocomplete="current-password" />
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall">
          Sign in
        </BusyButton>
        <div class="actions sign-else">
          <PasskeyButton />
          <a class="hint" href="/forgot">
            Forgot the password?
          </a>
        </div>
      </form>
    </SignFrame>
  )
}
