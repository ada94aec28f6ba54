// Release all since…: for mail that came while an inbox was full, or while something was burned by mistake.
import { useSignal } from '@preact/signals'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { ofAlias } from './held-list.ts'
import { releaseHeld } from './release-held.ts'

const dayMs = 86_400_000
const weekAgo = () => {
  const at = new Date(Date.now() - 7 * dayMs)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

function Ask({ onClose }: { readonly onClose: () => void }) {
  const day = useSignal(weekAgo())
  const wrong = useSignal<string | undefined>(undefined)
  return (
    <Dialog title="Release held mail" onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault()
          const since = new Date(`${day.value}T00:00`)
          if (Number.isNaN(since.getTime())) {
            wrong.value = 'Choose a day.'
            return
          }
          onClose()
          void releaseHeld({ since: since.toISOString(), ...(ofAlias.value && { alias_id: ofAlias.value }) })
        }}
      >
        <p class="prose">
          Delivers everything that was held since then{ofAlias.value ? ' for this address' : ''}. Addresses stay as they are: burned ones stay
          burned.
        </p>
        <Field
          words="Since"
          type="date"
          value={day.value}
          wrong={wrong.value}
          onInput={(event) => {
            day.value = event.currentTarget.value
          }}
        />
        <div class="actions">
          <button class="btn btn-primary" type="submit">
            <Icon name="release" />
            Release all since then
          </button>
          <button class="btn" type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}

export function ReleaseSince() {
  const asking = useSignal(false)
  return (
    <>
      <button
        class="btn"
        type="button"
        onClick={() => {
          asking.value = true
        }}
      >
        <Icon name="release" />
        Release…
      </button>
      {asking.value && (
        <Ask
          onClose={() => {
            asking.value = false
          }}
        />
      )}
    </>
  )
}
