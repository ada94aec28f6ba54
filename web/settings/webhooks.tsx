// Webhooks: programs that are called when something happens.
import { useSignal } from '@preact/signals'
import { addWebhook, webhooks as readWebhooks, type Webhook } from '../api.ts'
import { Read } from '../parts/read.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useReading } from '../parts/use-reading.ts'
import { SetSection } from './set-section.tsx'
import { ShownOnce } from './shown-once.tsx'
import { WebhookForm } from './webhook-form.tsx'
import { WebhookLine } from './webhook-line.tsx'

export function Webhooks() {
  const making = useOpen()
  const shown = useSignal<{ name: string; secret: string; label: string } | undefined>(undefined)
  const reading = useReading((signal) => readWebhooks(signal), [])
  const begin = () => {
    making.show()
    shown.value = undefined
  }
  const show = ({ url }: Pick<Webhook, 'url'>, secret: string, label: string) => {
    shown.value = { name: new URL(url).host, secret, label }
  }
  return (
    <SetSection id="webhooks" title="Webhooks" add={!making.open && { words: 'New webhook', do: begin }}>
      <p class="prose">A program of yours is called when something happens. A call is signed, and names no inbox and nothing of a message.</p>
      {making.open && (
        <WebhookForm
          button="Add the webhook"
          close={making.close}
          save={async (fields) => {
            const made = await addWebhook(fields)
            show(made, made.secret, 'New webhook')
            making.close()
            reading.again()
          }}
        />
      )}
      {shown.value && <ShownOnce name={shown.value.name} token={shown.value.secret} label={shown.value.label} kept="signs each call" />}
      <Read of="webhooks" reading={reading}>
        {({ items }) =>
          items.length ? (
            <ul class="lines">
              {items.map((webhook) => (
                <WebhookLine key={webhook.id} webhook={webhook} changed={reading.again} renewed={(secret) => show(webhook, secret, 'New secret')} />
              ))}
            </ul>
          ) : (
            !making.open && <p class="hint">No webhooks.</p>
          )
        }
      </Read>
    </SetSection>
  )
}
