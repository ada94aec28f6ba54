// One webhook: where it leads, what it is told, what came of the last call; tried, switched, deleted.
import { deleteWebhook, switchWebhook, tryWebhook, type Webhook } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { useSending } from '../parts/use-sending.ts'
import { When } from '../parts/when.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { SettingsLine } from './settings-line.tsx'

const states: Readonly<Record<Webhook['state'], string>> = {
  on: 'On', retrying: 'Tries again', failing: 'Failing', off: 'Off', 'switched-off': 'Switched off: it failed for 5 days',
}

const Mark = ({ state }: { readonly state: Webhook['state'] }) => (
  <span class={state === 'on' ? 'mark-line ok' : state === 'off' ? 'mark-line' : 'mark-line warn'}>
    {state !== 'off' && <Icon name={state === 'on' ? 'check' : 'clock'} />}
    {states[state]}
  </span>
)

const waits = (count: number) => (count === 0 ? '' : count === 1 ? ' 1 call waits.' : ` ${count.toLocaleString('en')} calls wait.`)
const lost = (count: number) => (count === 0 ? '' : count === 1 ? ' 1 call was given up.' : ` ${count.toLocaleString('en')} calls were given up.`)

export function WebhookLine({ webhook, changed }: { readonly webhook: Webhook; readonly changed: () => void }) {
  const { busy, wrong, send } = useSending()
  const { host } = new URL(webhook.url)
  const { last } = webhook
  const act = (does: () => Promise<string>) =>
    void send(async () => {
      say(await does())
      changed()
    })
  return (
    <SettingsLine
      name={<bdi title={webhook.url}>{host}</bdi>}
      hint={
        <>
          {webhook.events.map((name) => (
            <>
              <b class="scope">{name}</b>{' '}
            </>
          ))}
          {last ? (
            <>
              Last call <When at={last.at} />: {last.error ?? `It answered ${last.status}.`}
            </>
          ) : (
            'Never called.'
          )}
          {waits(webhook.waiting)}
          {lost(webhook.given_up)}
        </>
      }
      state={<Mark state={webhook.state} />}
      action={
        <>
          <button
            class="btn-quiet"
            type="button"
            aria-busy={busy.value}
            aria-label={`Test ${host}`}
            onClick={() =>
              act(async () => {
                const { error, status } = await tryWebhook(webhook.id)
                return error ?? `It answered ${status}.`
              })
            }
          >
            Test
          </button>
          <button
            class="btn-quiet"
            type="button"
            aria-label={`Switch ${webhook.enabled ? 'off' : 'on'} ${host}`}
            onClick={() =>
              act(async () => {
                await switchWebhook(webhook.id, !webhook.enabled)
                return webhook.enabled ? `${host} is not called any more.` : `${host} is called again.`
              })
            }
          >
            {webhook.enabled ? 'Switch off' : 'Switch on'}
          </button>
          <button
            class="btn-quiet"
            type="button"
            aria-label={`Delete ${host}`}
            onClick={() =>
              act(async () => {
                await deleteWebhook(webhook.id)
                return `Deleted ${host}`
              })
            }
          >
            Delete
          </button>
        </>
      }
    >
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
    </SettingsLine>
  )
}
