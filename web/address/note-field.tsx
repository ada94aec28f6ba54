// A note for oneself. Kept when one leaves the field; what was kept is said.
import { useSignal } from '@preact/signals'
import { keep } from '../alias-store.ts'
import { changeAlias, type Alias } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'

export function NoteField({ alias }: { readonly alias: Alias }) {
  const saved = useSignal(false)
  const { wrong, send } = useSending()
  async function save(text: string) {
    const note = text.trim()
    if (note === (alias.note ?? '')) return
    saved.value = await send(async () => {
      keep(await changeAlias(alias.id, { note: note || null }))
    })
  }
  return (
    <section class="sec" aria-labelledby="note-h">
      <h2 id="note-h">Note</h2>
      <textarea
        class="input"
        aria-labelledby="note-h"
        rows={3}
        maxLength={5000}
        defaultValue={alias.note ?? ''}
        onInput={() => {
          saved.value = false
        }}
        onBlur={(event) => void save(event.currentTarget.value)}
      />
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
