// A further domain. Naming it costs nothing: its records are shown next.
import { addDomain, type OwnDomain } from '../api.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { Field } from '../parts/field.tsx'

type Props = { readonly domain: string; readonly added: (made: OwnDomain) => void; readonly close: () => void }

export const AddDomain = ({ domain, added, close }: Props) => (
  <AskForm
    class="code"
    button="Add this domain"
    close={close}
    does={async ({ text }) => {
      if (!text('name')) throw new Error('Type a domain that you own, such as family.example.')
      added(await addDomain(text('name')))
    }}
  >
    {(wrong) => (
      <Field
        words="Domain that you own"
        hint={`Or a name of your own here, anna.${domain} say: it is yours at once, one for each account, and is chosen once.`}
        name="name"
        inputMode="url"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        wrong={wrong}
      />
    )}
  </AskForm>
)
