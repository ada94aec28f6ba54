// The address one signs in with: one of one's own verified inboxes, after the password once more. The address before is told.
import { inboxes as readInboxes } from '../api.ts'
import { changeEmail } from '../api-sign-in.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { findOutWho } from '../session.ts'
import { OpenButton, SettingsLine } from './settings-line.tsx'

type Props = { readonly email: string; readonly hasPassword: boolean; readonly changed: () => void }

function Change({ email, hasPassword, done }: { readonly email: string; readonly hasPassword: boolean; readonly done: () => void }) {
  const { state } = useReading((signal) => readInboxes(signal), [])
  const { busy, wrong, send } = useSending()
  const now = state.value
  if (now.kind !== 'there') return null
  const others = now.value.items.filter((inbox) => inbox.verified && inbox.address.toLowerCase() !== email.toLowerCase())
  if (!others.length) return <p class="hint">You have no other verified inbox. Add one above first.</p>
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const password = form.get('password')
    const ok = await send(() =>
      changeEmail({ inbox_id: String(form.get('inbox')), ...(password !== null && { password: String(password) }) }),
    )
    if (!ok) return
    say('You sign in with the new address from now on.')
    await findOutWho()
    done()
  }
  return (
    <form class="stack ln-f" onSubmit={submit} noValidate>
      <label class="field">
        <span class="field-l">Sign in with</span>
        <select class="input" name="inbox">
          {others.map((inbox) => (
            <option value={inbox.id}>{inbox.address}</option>
          ))}
        </select>
      </label>
      {hasPassword && <Field words="Your password" type="password" name="password" autocomplete="current-password" />}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <div class="actions">
        <BusyButton busy={busy.value}>Change it</BusyButton>
        <span class="hint">The address before gets a mail about it.</span>
      </div>
    </form>
  )
}

export function EmailLine({ email, hasPassword, changed }: Props) {
  const more = useOpen()
  return (
    <SettingsLine
      name="E-mail"
      hint={<bdi>{email}</bdi>}
      action={
        <OpenButton
          open={more.open}
          words="Change"
          label={`${more.open ? 'Close' : 'Change'} the e-mail`}
          toggle={more.toggle}
        />
      }
    >
      {more.open && (
        <Change
          email={email}
          hasPassword={hasPassword}
          done={() => {
            more.close()
            changed()
          }}
        />
      )}
    </SettingsLine>
  )
}
