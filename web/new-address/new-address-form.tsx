// What a new address needs: a company. What it may have: an inbox of its own, a label, a name instead of random letters.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { account } from '../account.ts'
import { createAlias, inboxes, type Alias, type NewAlias } from '../api.ts'
import { Refused } from '../refused.ts'
import { Field } from '../parts/field.tsx'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useReading } from '../parts/use-reading.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Already } from './already.tsx'

type Props = { readonly site: string; readonly domain: string; readonly made: (alias: Alias) => void; readonly cancel: () => void }

/** What the form says, as the server wants it. A pasted link stays a link: the server takes its site. */
function wantedBy(form: FormData): NewAlias {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const wanted: NewAlias = {}
  if (text('site')) wanted.site = text('site')
  if (text('label')) wanted.label = text('label')
  if (text('local_part')) wanted.local_part = text('local_part')
  if (text('domain')) wanted.domain = text('domain')
  if (text('inbox')) wanted.inbox_ids = [text('inbox')]
  return wanted
}

function fieldOf(error: unknown): 'site' | 'local_part' | '' {
  if (!(error instanceof Refused)) return ''
  if (error.code === 'alias-taken' || error.code === 'reserved') return 'local_part'
  return error.field === 'site' || error.field === 'local_part' ? error.field : ''
}

export function NewAddressForm({ site, domain, made, cancel }: Props) {
  const typed = useSignal(site)
  const wrong = useSignal<{ field: 'site' | 'local_part' | ''; words: string } | undefined>(undefined)
  const busy = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  const boxes = useReading((signal) => inboxes(signal), [])
  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>('[name=site]')?.focus()
  }, [])

  async function make(event: Event) {
    event.preventDefault()
    if (busy.value || !form.current) return
    const wanted = wantedBy(new FormData(form.current))
    wrong.value =
      !wanted.site && !wanted.local_part ? { field: 'site', words: 'Type the company’s site, or a name of your own below.' } : undefined
    if (wrong.value) return
    busy.value = true
    try {
      made(await createAlias(wanted))
    } catch (error) {
      const words = error instanceof Error ? error.message : 'The address was not made.'
      wrong.value = { field: fieldOf(error), words }
    } finally {
      busy.value = false
    }
  }

  const own = account.value?.domains.filter((each) => each.own) ?? []
  const choices = boxes.state.value.kind === 'there' ? boxes.state.value.value.items.filter((inbox) => inbox.verified) : []
  const at = wrong.value
  return (
    <form class="stack" ref={form} onSubmit={make} noValidate>
      <Field
        words="Company"
        name="site"
        placeholder="shop.example, or a link to its page"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        defaultValue={site}
        wrong={at?.field === 'site' ? at.words : undefined}
        onInput={(event) => {
          typed.value = event.currentTarget.value.trim()
        }}
      />
      <Already site={typed.value} />
      <div class="two">
        {own.length > 0 && (
          <label class="field">
            <span class="field-l">At</span>
            <select class="input" name="domain">
              <option value="">{domain}</option>
              {own.map(({ name }) => (
                <option value={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        {choices.length > 1 && (
          <label class="field">
            <span class="field-l">Goes to</span>
            <select class="input" name="inbox">
              <option value="">The default inbox</option>
              {choices.map((inbox) => (
                <option value={inbox.id}>{inbox.address}</option>
              ))}
            </select>
          </label>
        )}
        <Field
          words={
            <>
              Label <i>optional</i>
            </>
          }
          name="label"
          autocomplete="off"
          maxLength={100}
        />
      </div>
      <details class="more" open={at?.field === 'local_part'}>
        <summary>
          <span>Own name for the address</span>
          <Icon name="down" />
        </summary>
        <Field
          words={
            <>
              Name before {own.length ? 'the @' : `@${domain}`} <i>instead of random letters</i>
            </>
          }
          name="local_part"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={64}
          wrong={at?.field === 'local_part' ? at.words : undefined}
        />
      </details>
      {at?.field === '' && <Wrong>{at.words}</Wrong>}
      <div class="actions">
        <BusyButton busy={busy.value}>Make and copy</BusyButton>
        <button class="btn" type="button" onClick={cancel}>
          Cancel
        </button>
        <span class="hint">Nobody sees your inbox.</span>
      </div>
    </form>
  )
}
