// The name that stands before the address when one answers from it.
import type { Alias } from '../api.ts'
import { Wrong } from '../parts/wrong.tsx'
import { useKeptField } from './kept-field.ts'
import { MailProgram } from './mail-program.tsx'

export function NameField({ alias }: { readonly alias: Alias }) {
  const { saved, wrong, input } = useKeptField(alias, 'display_name')
  return (
    <section class="sec" aria-labelledby="name-h">
      <h2 id="name-h">Your name in answers</h2>
      <input class="input" type="text" aria-labelledby="name-h" aria-describedby="name-d" autocomplete="off" maxLength={100} {...input} />
      {wrong.value ? (
        <Wrong>{wrong.value}</Wrong>
      ) : (
        <p class="hint" role="status" id="name-d">
          {saved.value ? 'Saved.' : 'Others see it before the address. Empty: the address alone.'}
        </p>
      )}
      <MailProgram alias={alias} />
    </section>
  )
}
