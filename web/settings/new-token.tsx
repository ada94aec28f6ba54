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

const dayMs = 86_400_000
const ends = [
  ['', 'No end'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'A year'],
] as const

type Props = {
  readonly domains: readonly string[]
  readonly created: (name: string, token: string) => void
  readonly close: () => void
}

export function NewToken({ domains, created, close }: Props) {
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
      const text = (field: string) => String(data.get(field) ?? '').trim()
      const made = await createToken({
        name,
        scopes: chosen,
        ...(text('days') && { expires_at: new Date(Date.now() + Number(text('days')) * dayMs).toISOString() }),
        ...(text('domain') && { domain: text('domain') }),
        ...(text('limit') && { daily_limit: Number(text('limit')) }),
      })
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
      <div class="two">
        <label class="field">
          <span class="field-l">Works for</span>
          <select class="input" name="days">
            {ends.map(([days, words]) => (
              <option value={days}>{words}</option>
            ))}
          </select>
        </label>
        <Field
          words={
            <>
              Addresses a day <i>empty: any number</i>
            </>
          }
          type="number"
          name="limit"
          min={1}
          max={100_000}
        />
        {domains.length > 1 && (
          <label class="field">
            <span class="field-l">Makes addresses of</span>
            <select class="input" name="domain">
              <option value="">every domain</option>
              {domains.map((domain) => (
                <option value={domain}>{domain}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div class="actions">
        <BusyButton busy={busy.value}>Make the token</BusyButton>
        <button class="btn" type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  )
}
