// Release all since…: for mail that came while an inbox was full, or while something was burned by mistake.
import { AskForm } from '../parts/ask-form.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { useOpen } from '../parts/use-open.ts'
import { ofAlias } from './held-list.ts'
import { releaseHeld } from './release-held.ts'

const dayMs = 86_400_000
const weekAgo = () => {
  const at = new Date(Date.now() - 7 * dayMs)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

const Ask = ({ onClose }: { readonly onClose: () => void }) => (
  <Dialog title="Release held mail" onClose={onClose}>
    <AskForm
      button={
        <>
          <Icon name="release" />
          Release all since then
        </>
      }
      close={onClose}
      does={async ({ text }) => {
        const since = new Date(`${text('day')}T00:00`)
        if (Number.isNaN(since.getTime())) throw new Error('Choose a day.')
        onClose()
        void releaseHeld({ since: since.toISOString(), ...(ofAlias.value && { alias_id: ofAlias.value }) })
      }}
    >
      {(wrong) => (
        <>
          <p class="prose">
            Delivers everything that was held since then{ofAlias.value ? ' for this address' : ''}. Addresses stay as they are: burned ones stay
            burned.
          </p>
          <Field words="Since" type="date" name="day" defaultValue={weekAgo()} wrong={wrong} />
        </>
      )}
    </AskForm>
  </Dialog>
)

export function ReleaseSince() {
  const asking = useOpen()
  return (
    <>
      <button class="btn" type="button" onClick={asking.show}>
        <Icon name="release" />
        Release…
      </button>
      {asking.open && <Ask onClose={asking.close} />}
    </>
  )
}
