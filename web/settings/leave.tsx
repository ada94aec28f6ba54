// The end of the account: thirty days of grace, in which it can be read, exported and kept after all.
import { account, refreshAccount } from '../account.ts'
import { keepAccount, leaveAccount } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { dayOf } from '../time.ts'
import { OpenButton, SettingsLine } from './settings-line.tsx'

export function Leave() {
  const more = useOpen()
  const { busy, wrong, send } = useSending()
  const me = account.value
  if (!me) return null
  if (me.delete_at !== null) {
    const keep = () =>
      void send(async () => {
        await keepAccount()
        say('Your account stays.')
        refreshAccount()
      })
    return (
      <SettingsLine
        name="This account is deleted"
        hint={`On ${dayOf(new Date(me.delete_at))}, with its addresses and all that is held. Until then mail is held, and you can export`}
        action={
          me.may_keep && (
            <BusyButton class="btn" busy={busy.value} onClick={keep}>
              Keep it
            </BusyButton>
          )
        }
      >
        {wrong.value && <Wrong>{wrong.value}</Wrong>}
      </SettingsLine>
    )
  }
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const done = await send(() => leaveAccount(String(form.get('email') ?? ''), String(form.get('password') ?? '')))
    if (!done) return
    more.close()
    say('Your account is deleted in 30 days. Until then you can keep it.')
    refreshAccount()
  }
  return (
    <SettingsLine
      name="Delete the account"
      hint="After 30 days in which you can call it off"
      action={
        <OpenButton
          open={more.open}
          words="Delete…"
          label={`${more.open ? 'Close' : 'Delete'} the account`}
          toggle={more.toggle}
        />
      }
    >
      {more.open && (
        <form class="stack ln-f" onSubmit={submit} noValidate>
          <p class="prose">
            From now on mail to your addresses is held, and in 30 days everything is gone; nobody gets your addresses again. Export everything first, above.
          </p>
          <Field words={<>Type {me.email}</>} type="email" name="email" autocomplete="off" />
          <Field
            words="Your password"
            type="password"
            name="password"
            autocomplete="current-password"
            hint="With a passkey alone: sign in anew, then leave it empty"
          />
          {wrong.value && <Wrong>{wrong.value}</Wrong>}
          <div class="actions">
            <BusyButton busy={busy.value}>Delete in 30 days</BusyButton>
          </div>
        </form>
      )}
    </SettingsLine>
  )
}
