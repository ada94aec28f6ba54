// A note for oneself. Kept when one leaves the field; what was kept is said.
import type { Alias } from '../api.ts'
import { Wrong } from '../parts/wrong.tsx'
import { useKeptField } from './kept-field.ts'

export function NoteField({ alias }: { readonly alias: Alias }) {
  const { saved, wrong, input } = useKeptField(alias, 'note')
  return (
    <section class="sec" aria-labelledby="note-h">
      <h2 id="note-h">Note</h2>
      <textarea class="input" aria-labelledby="note-h" rows={3} maxLength={5000} {...input} />
      {wrong.value ? (
        <Wrong>{wrong.value}</Wrong>
      ) : (
        <p class="hint" role="status">
          {saved.value ? 'Saved.' : 'Searched too. Only you see it.'}
        </p>
      )}
    </section>
  )
}
