// The page behind a one-time link: the first account of a host, or the first sign-in of any other. The token stays in the fragment.
import { useEffect, useRef } from 'preact/hooks'
import { readLink, setUp, setUpByPasskey, setUpQuestion, type Session } from '../api-sign-in.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Icon } from '../parts/icon.tsx'
import { go } from '../route.ts'
import { findOutWho } from '../session.ts'
import { NewPassword, tooShort } from './new-password.tsx'
import { canPasskeys, makePasskey } from './passkeys.ts'
import { SignFrame } from './sign-frame.tsx'

export function SetUpPage({ host }: { readonly host: Session }) {
  const token = location.hash.slice(1)
  const link = useReading(() => readLink(token), [token])
  const { busy, wrong, send } = useSending()
  const asksEmail = link.state.value.kind === 'there' && !link.state.value.value.email
  useEffect(() => {
    document.title = 'Set up – Burnbox'
  }, [])
  const form = useRef<HTMLFormElement>(null)
  const typed = (name: string) => String(new FormData(form.current!).get(name) ?? '')
  const registrar = () => ({ token, ...(asksEmail && { email: typed('email').trim() }) })
  async function enter(make: () => Promise<void>) {
    if (!(await send(make))) return
    go('/addresses', { replace: true })
    await findOutWho()
  }
  const byPassword = () =>
    enter(async () => {
      const short = tooShort(typed('password'))
      if (short) throw new Error(short)
      await setUp({ ...registrar(), password: typed('password') })
    })
  const byPasskey = () => enter(async () => setUpByPasskey(await makePasskey(await setUpQuestion(registrar()))))
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
      <form
        class="stack"
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          void byPassword()
        }}
        noValidate
      >
        {asksEmail ? (
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
        <NewPassword words="Choose a password" own={[now.value.email ?? '', host.domain]} />
        {now.value.purpose !== 'sign-in' && (
          <p class="hint">
            The Unsubscribe button of your mail program will burn an address: from then on its mail is held, nothing is lost, and one click undoes it.
            Settings can leave the sender’s own button, or none.
          </p>
        )}
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall">
          {now.value.purpose === 'sign-in' ? 'Sign in' : 'Make the account'}
        </BusyButton>
        {canPasskeys() && (
          <p>
            <button class="btn" type="button" onClick={() => void byPasskey()}>
              <Icon name="key" />
              Use a passkey instead of a password
            </button>
          </p>
        )}
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
