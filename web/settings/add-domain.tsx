// A further domain. Naming it costs nothing: its records are shown next.
import { useEffect, useRef } from 'preact/hooks'
import { addDomain, type OwnDomain } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'

type Props = { readonly domain: string; readonly added: (made: OwnDomain) => void; readonly close: () => void }

export function AddDomain({ domain, added, close }: Props) {
  const form = useRef<HTMLFormElement>(null)
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    form.current?.querySelector('input')?.focus()
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const name = String(new FormData(form.current!).get('name') ?? '').trim()
    void send(async () => {
      if (!name) throw new Error('Type a domain that you own, such as family.example.')
      added(await addDomain(name))
    })
  }
  return (
    <form class="code" ref={form} onSubmit={submit} noValidate>
      <Field
        words="Domain that you own"
        hint={`Or a name of your own here, anna.${domain} say: it is yours at once, one for each account, and is chosen once.`}
        name="name"
        inputMode="url"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        wrong={wrong.value}
      />
      <div class="actions">
        <BusyButton busy={busy.value}>Add this domain</BusyButton>
        <button class="btn" type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  )
}
