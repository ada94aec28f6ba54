// The page behind the link of a password reset. The token stays in the fragment; every session ends when it is used.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { resetPassword } from '../api-sign-in.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Refused } from '../refused.ts'
import { NewPassword, tooShort } from './new-password.tsx'
import { SignFrame } from './sign-frame.tsx'

export function ResetPage() {
  const token = location.hash.slice(1)
  const changed = useSignal(false)
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    document.title = 'A new password – Burnbox'
  }, [])
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget as HTMLFormElement).get('password') ?? '')
    changed.value = await send(async () => {
      const short = tooShort(password)
      if (short) throw new Error(short)
      await resetPassword(token, password).catch((error: unknown) => {
        if (error instanceof Refused && error.status < 500 && error.status !== 429)
          throw new Error('This link does not work any more. Ask for another one.', { cause: error })
        throw error
      })
    })
  }
  return changed.value ? (
    <SignFrame head="The password is changed">
      <div class="stack">
        <p class="prose">You were signed out everywhere.</p>
        <p>
          <a class="btn btn-primary" href="/">
            Sign in
          </a>
        </p>
      </div>
    </SignFrame>
  ) : (
    <SignFrame head="Choose a new password" foot={<a href="/forgot">Ask for another link</a>}>
      <form class="stack" onSubmit={submit} noValidate>
        <NewPassword words="New password" />
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
        <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall">
          Change it
        </BusyButton>
      </form>
    </SignFrame>
  )
}
