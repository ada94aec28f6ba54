// The password: changed with the one before, which signs out everywhere else.
import { changePassword } from '../api-sign-in.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Refused } from '../refused.ts'
import { say } from '../say.ts'
import { NewPassword, tooShort } from '../sign/new-password.tsx'
import { OpenButton, SettingsLine } from './settings-line.tsx'

type Props = { readonly isSet: boolean; readonly email: string; readonly since: string | null; readonly changed: () => void }

export function PasswordLine({ isSet, email, since, changed }: Props) {
  const more = useOpen()
  const { busy, wrong, send } = useSending()
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const [old, fresh] = [String(form.get('old') ?? ''), String(form.get('password') ?? '')]
    const done = await send(async () => {
      const short = tooShort(fresh)
      if (short) throw new Error(short)
      await changePassword(old, fresh).catch((error: unknown) => {
        if (error instanceof Refused && error.status === 400) throw new Error('This is not your password of now.', { cause: error })
        throw error
      })
    })
    if (!done) return
    say('Password changed. You were signed out everywhere else.')
    more.close()
    changed()
  }
  if (!isSet) return <SettingsLine name="Password" hint="You sign in with a passkey. “Forgot the password?” on the sign-in page makes one" state="None" />
  return (
    <SettingsLine
      name="Password"
      hint={since && `Last changed ${since}`}
      state="On"
      action={
        <OpenButton
          open={more.open}
          words="Change"
          label={`${more.open ? 'Close' : 'Change'} the password`}
          toggle={more.toggle}
        />
      }
    >
      {more.open && (
        <form class="stack ln-f" onSubmit={submit} noValidate>
          <input class="vh" type="email" autocomplete="username" value={email} readOnly tabIndex={-1} aria-hidden="true" />
          <Field words="Password of now" type="password" name="old" autocomplete="current-password" />
          <NewPassword words="New password" own={[email]} />
          {wrong.value && <Wrong>{wrong.value}</Wrong>}
          <div class="actions">
            <BusyButton busy={busy.value}>Change it</BusyButton>
            <span class="hint">Signs you out everywhere else.</span>
          </div>
        </form>
      )}
    </SettingsLine>
  )
}
