// How much an account may have. An invitation says as much of it as is asked for here.
import type { ComponentChildren } from 'preact'
import type { Limits } from '../api-host.ts'
import type { Typed } from '../parts/ask-form.tsx'
import { Field } from '../parts/field.tsx'

const mega = 1_000_000

const Amount = ({ words, name, value }: { readonly words: ComponentChildren; readonly name: string; readonly value: number | null }) => (
  <Field words={words} type="number" name={name} min={0} step={1} defaultValue={value === null ? '' : String(value)} />
)
const orNone = (words: string) => (
  <>
    {words} <i>empty: no limit</i>
  </>
)

type Props = { readonly bytes: number; readonly aliases: number | null; readonly more?: { readonly domains: number | null; readonly replies_hourly: number } }

export const LimitsFields = ({ bytes, aliases, more }: Props) => (
  <div class="two">
    <Amount words="Held mail, MB" name="megabytes" value={Math.round(bytes / mega)} />
    <Amount words={orNone('Addresses')} name="aliases" value={aliases} />
    {more && <Amount words={orNone('Own domains')} name="domains" value={more.domains} />}
    {more && <Amount words="Replies an hour" name="replies" value={more.replies_hourly} />}
  </div>
)

const countOrNone = (text: string) => (text === '' ? null : Number(text))

export function limitsBy({ text, all }: Typed): Limits {
  const megabytes = Number(text('megabytes'))
  if (!Number.isFinite(megabytes) || megabytes < 0) throw new Error('Held mail: a number of megabytes.')
  return {
    held_bytes: Math.round(megabytes * mega),
    aliases: countOrNone(text('aliases')),
    ...(all('domains').length && { domains: countOrNone(text('domains')) }),
    ...(text('replies') && { replies_hourly: Number(text('replies')) }),
  }
}
