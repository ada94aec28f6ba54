// A new webhook: where it leads, and what it is told.
import { useEffect, useRef } from 'preact/hooks'
import { addWebhook, type WebhookEvent } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'

const events: readonly (readonly [WebhookEvent, string])[] = [
  ['alias.created', 'an address is made'],
  ['alias.burned', 'an address is burned'],
  ['stranger.seen', 'a stranger writes'],
  ['message.held', 'a message is held'],
]

type Props = { readonly created: (name: string, secret: string) => void; readonly close: () => void }

export function NewWebhook({ created, close }: Props) {
  const form = useRef<HTMLFormElement>(null)
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    form.current?.querySelector('input')?.focus()
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(form.current!)
    void send(async () => {
      const chosen = events.map(([name]) => name).filter((name) => data.getAll('event').includes(name))
      if (!chosen.length) throw new Error('Choose at least one thing that it is told.')
      const made = await addWebhook({ url: String(data.get('url') ?? '').trim(), events: chosen })
      created(new URL(made.url).host, made.secret)
    })
  }
  return (
    <form class="stack token-f" ref={form} onSubmit={submit} noValidate>
      <Field words="URL" name="url" type="url" inputMode="url" autocomplete="off" placeholder="https://" maxLength={2000} wrong={wrong.value} />
      <fieldset class="checks">
        <legend class="field-l">It is called when</legend>
        {events.map(([name, words]) => (
          <label class="check">
            <input type="checkbox" name="event" value={name} defaultChecked />
            <span>
              {words} <b class="scope">{name}</b>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="actions">
        <BusyButton busy={busy.value}>Add the webhook</BusyButton>
        <button class="btn" type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  )
}
