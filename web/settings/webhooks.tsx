// Webhooks: programs that are called when something happens.
import { useSignal } from '@preact/signals'
import { webhooks as readWebhooks } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { NewWebhook } from './new-webhook.tsx'
import { ShownOnce } from './shown-once.tsx'
import { WebhookLine } from './webhook-line.tsx'

export function Webhooks() {
  const making = useSignal(false)
  const made = useSignal<{ name: string; secret: string } | undefined>(undefined)
  const { state, again } = useReading((signal) => readWebhooks(signal), [])
  const now = state.value
  return (
    <section class="set" id="webhooks" aria-labelledby="wh-h">
      <div class="sec-h">
        <h2 id="wh-h">Webhooks</h2>
        {!making.value && (
          <button
            class="btn"
            type="button"
            onClick={() => {
              making.value = true
              made.value = undefined
            }}
          >
            <Icon name="plus" />
            New webhook
          </button>
        )}
      </div>
      <p class="prose">A program of yours is called when something happens. A call is signed, and names no inbox and nothing of a message.</p>
      {making.value && (
        <NewWebhook
          close={() => {
            making.value = false
          }}
          created={(name, secret) => {
            making.value = false
            made.value = { name, secret }
            again()
          }}
        />
      )}
      {made.value && <ShownOnce name={made.value.name} token={made.value.secret} label="New webhook" kept="signs each call" />}
      {now.kind === 'waiting' && <Skeleton of="webhooks" />}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {now.kind === 'there' &&
        (now.value.items.length ? (
          <ul class="lines">
            {now.value.items.map((webhook) => (
              <WebhookLine key={webhook.id} webhook={webhook} changed={again} />
            ))}
          </ul>
        ) : (
          !making.value && <p class="hint">No webhooks.</p>
        ))}
    </section>
  )
}
