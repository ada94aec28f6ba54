// A further inbox. It gets a mail with a link, and nothing else before that link was followed.
import { useSignal } from '@preact/signals'
import { addInbox } from '../api.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { Field } from '../parts/field.tsx'

export function AddInbox({ added, close }: { readonly added: () => void; readonly close: () => void }) {
  const sentTo = useSignal<string | undefined>(undefined)
  if (sentTo.value) {
    return (
      <p class="once" role="status">
        A mail is on its way to{' '}
        <b>
          <bdi>{sentTo.value}</bdi>
        </b>
        . Type its code below, or follow its link.{' '}
        <button class="link" type="button" onClick={close}>
          Done
        </button>
      </p>
    )
  }
  return (
    <AskForm
      class="code"
      button="Add this inbox"
      close={close}
      does={async ({ text }) => {
        if (!text('address')) throw new Error('Type the address of the inbox, such as you@family.example.')
        await addInbox(text('address'))
        sentTo.value = text('address')
        added()
      }}
    >
      {(wrong) => (
        <Field
          words="Address of the inbox"
          type="email"
          name="address"
          autocomplete="email"
          autocapitalize="none"
          spellcheck={false}
          wrong={wrong}
        />
      )}
    </AskForm>
  )
}
