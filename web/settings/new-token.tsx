// A new token: a name, and what it may do.
import { useEffect, useRef } from 'preact/hooks'
import { createToken } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'

const scopes = [
  ['create', 'make addresses'],
  ['read', 'read addresses and held mail'],
  ['manage', 'everything: burn, release, delete'],
] as const

export function NewToken({ created, close }: { readonly created: (name: string, token: string) => void; readonly close: () => void }) {
  const form = useRef<HTMLFormElement>(null)
  const { busy, wrong, send } = useSending()
  useEffect(() => {
    form.current?.querySelector('input')?.focus()
  }, [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const data = new FormData(form.current!)
    void send(async () => {
      const name = String(data.get('name') ?? '').trim()
      const chosen = scopes.map(([scope]) => scope).filter((scope) => data.getAll('scope').includes(scope))
      if (!name) throw new Error('Give it a name, so that you know it again.')
      if (!chosen.length) throw new Error('Choose at least one thing that it may do.')
      const made = await createToken(name, chosen)
      created(name, made.token)
    })
  }
  return (
    <form class="stack token-f" ref={form} onSubmit={submit} noValidate>
      <Field words="Name" name="name" autocomplete="off" maxLength={32} wrong={wrong.value} />
      <fieldset class="checks">
        <legend class="field-l">It may</legend>
        {scopes.map(([scope, words], i) => (
          <label class="check">
            <input type="checkbox" name="scope" value={scope} defaultChecked={i === 0} />
            <span>
              {words} <b class="scope">{scope}</b>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="actions">
        <BusyButton busy={busy.value}>Make the token</BusyButton>
        <button class="btn" type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  )
}
