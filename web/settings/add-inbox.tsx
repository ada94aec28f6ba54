// A further inbox. It gets a mail with a link, and nothing else before that link was followed.
import { useEffect, useRef } from 'preact/hooks'
import { useSignal } from '@preact/signals'
import { addInbox } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'

export function AddInbox({ added, close }: { readonly added: () => void; readonly close: () => void }) {
  const form = useRef<HTMLFormElement>(null)
  const sentTo = useSignal<string | undefined>(undefined)
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    form.current?.querySelector('input')?.focus()
  }, [])
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const address = String(new FormData(form.current!).get('address') ?? '').trim()
    const done = await send(async () => {
      if (!address) throw new Error('Type the address of the inbox, such as you@family.example.')
      await addInbox(address)
    })
    if (!done) return
    sentTo.value = address
    added()
  }
  if (sentTo.value) {
    return (
      <p class="once" role="status">
        A mail is on its way to{' '}
        <b>
          <bdi>{sentTo.value}</bdi>
        </b>
        . Type its code below, or follow its link.{' '}
        <button class="link" type="button" onClick={close}>
          Done
        </button>
      </p>
    )
  }
  return (
    <form class="code" ref={form} onSubmit={submit} noValidate>
      <Field
        words="Address of the inbox"
        type="email"
        name="address"
        autocomplete="email"
        autocapitalize="none"
        spellcheck={false}
        wrong={wrong.value}
      />
      <div class="actions">
        <BusyButton busy={busy.value}>Add this inbox</BusyButton>
        <button class="btn" type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  )
}
