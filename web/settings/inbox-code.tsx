// The six digits of a verification mail, typed where the inbox is listed.
import { verifyInboxByCode, verifyInboxAgain, type Inbox } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'
import { say } from '../say.ts'

const digits = 6

export function InboxCode({ inbox, verified }: { readonly inbox: Inbox; readonly verified: () => void }) {
  const { busy, wrong, send } = useSending()
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget as HTMLFormElement).get('code') ?? '').replaceAll(/\s/g, '')
    const done = await send(async () => {
      if (code.length !== digits) throw new Error(`The code has ${digits} digits. This one has ${code.length}.`)
      await verifyInboxByCode(inbox.id, code)
    })
    if (!done) return
    say(`${inbox.address} is verified.`)
    verified()
  }
  const sendAgain = () =>
    send(async () => {
      await verifyInboxAgain(inbox.id)
      say(`Verification mail sent to ${inbox.address}.`)
    })
  return (
    <form class="code" onSubmit={submit} noValidate>
      <Field words="Code from the mail" name="code" class="input input-code" inputMode="numeric" autocomplete="one-time-code" wrong={wrong.value} />
      <BusyButton busy={busy.value} class="btn">
        Verify
      </BusyButton>
      <button class="btn-quiet" type="button" onClick={() => void sendAgain()}>
        Send again
      </button>
    </form>
  )
}
