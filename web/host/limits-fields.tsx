// How much an account may have: of addresses, and of held mail.
import { Field } from '../parts/field.tsx'
import type { Limits } from '../api.ts'

const mega = 1_000_000

export const LimitsFields = ({ bytes, aliases }: { readonly bytes: number; readonly aliases: number | null }) => (
  <div class="two">
    <Field words="Held mail, MB" type="number" name="megabytes" min={0} step={1} defaultValue={String(Math.round(bytes / mega))} />
    <Field
      words={
        <>
          Addresses <i>empty: no limit</i>
        </>
      }
      type="number"
      name="aliases"
      min={0}
      step={1}
      defaultValue={aliases === null ? '' : String(aliases)}
    />
  </div>
)

export function limitsBy(form: FormData): Limits {
  const megabytes = Number(form.get('megabytes'))
  const aliases = String(form.get('aliases') ?? '')
  if (!Number.isFinite(megabytes) || megabytes < 0) throw new Error('Held mail: a number of megabytes.')
  return { held_bytes: Math.round(megabytes * mega), aliases: aliases === '' ? null : Number(aliases) }
}
