// The label of a row: pressed, it becomes a field; Enter or leaving keeps what was typed, Esc does not.
import { useSignal } from '@preact/signals'
import { keep } from '../alias-store.ts'
import { changeAlias, type Alias } from '../api.ts'
import { companyOf } from '../name-of.ts'
import { say } from '../say.ts'

export async function saveLabel(alias: Alias, typed: string): Promise<boolean> {
  const label = typed.trim()
  if (label === (alias.label ?? '')) return true
  try {
    keep(await changeAlias(alias.id, { label: label || null }))
    say(label ? `Label ${label}` : 'Label removed')
    return true
  } catch (error) {
    say(error instanceof Error ? `Not changed: ${error.message}` : 'Not changed.')
    return false
  }
}

export function LabelEdit({ alias }: { readonly alias: Alias }) {
  const open = useSignal(false)
  if (!open.value) {
    return (
      <button
        class={alias.label ? 'label label-b' : 'label label-b is-none'}
        type="button"
        aria-label={`Label of ${companyOf(alias)}: ${alias.label ?? 'none'}. Change`}
        onClick={() => {
          open.value = true
        }}
      >
        <bdi>{alias.label || '–'}</bdi>
      </button>
    )
  }
  const done = (field: HTMLInputElement) => {
    if (!open.value) return
    open.value = false
    void saveLabel(alias, field.value)
  }
  return (
    <input
      class="input label-in"
      aria-label={`Label of ${companyOf(alias)}`}
      defaultValue={alias.label ?? ''}
      maxLength={100}
      ref={(field) => {
        field?.focus()
      }}
      onBlur={(event) => done(event.currentTarget)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') done(event.currentTarget)
        if (event.key === 'Escape') open.value = false
      }}
    />
  )
}
