// Where a webhook leads, and what it is told: of a new one, and of one that is changed.
import type { Webhook, WebhookEvent } from '../api.ts'
import { AskForm } from '../parts/ask-form.tsx'
import { Field } from '../parts/field.tsx'
import { Checks, chosenOf, type Checkable } from './checks.tsx'

const events: readonly Checkable<WebhookEvent>[] = [
  ['alias.created', 'an address is made'],
  ['alias.burned', 'an address is burned'],
  ['stranger.seen', 'a stranger writes'],
  ['message.held', 'a message is held'],
]

type Props = {
  readonly webhook?: Webhook
  readonly button: string
  readonly save: (fields: { url: string; events: WebhookEvent[] }) => Promise<void>
  readonly close: () => void
}

export const WebhookForm = ({ webhook, button, save, close }: Props) => (
  <AskForm
    class="stack token-f"
    button={button}
    close={close}
    does={async ({ text, all }) => {
      const chosen = chosenOf(events, all('event'))
      if (!chosen.length) throw new Error('Choose at least one thing that it is told.')
      await save({ url: text('url'), events: chosen })
    }}
  >
    {(wrong) => (
      <>
        <Field
          words="URL"
          name="url"
          type="url"
          inputMode="url"
          autocomplete="off"
          placeholder="https://"
          maxLength={2000}
          defaultValue={webhook?.url ?? ''}
          wrong={wrong}
        />
        <Checks legend="It is called when" name="event" choices={events} on={webhook?.events ?? events.map(([name]) => name)} />
      </>
    )}
  </AskForm>
)
