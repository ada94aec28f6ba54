// One webhook: where it leads, what it is told, what came of the last call; tried, changed, switched, given a new secret, deleted.
import { changeWebhook, deleteWebhook, tryWebhook, type Webhook } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { Menu } from '../parts/menu.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useSending } from '../parts/use-sending.ts'
import { When } from '../parts/when.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { NewSecret } from './new-secret.tsx'
import { SettingsLine } from './settings-line.tsx'
import { WebhookForm } from './webhook-form.tsx'

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

type Props = { readonly webhook: Webhook; readonly changed: () => void; readonly renewed: (secret: string) => void }

export function WebhookLine({ webhook, changed, renewed }: Props) {
  const { busy, wrong, send } = useSending()
  const [editing, renewing] = [useOpen(), useOpen()]
  const { host } = new URL(webhook.url)
  const { last } = webhook
  const act = (does: () => Promise<string>) =>
    void send(async () => {
      say(await does())
      changed()
    })
  const test = async () => {
    const { error, status } = await tryWebhook(webhook.id)
    return error ?? `It answered ${status}.`
  }
  const turn = async () => {
    await changeWebhook(webhook.id, { enabled: !webhook.enabled })
    return webhook.enabled ? `${host} is not called any more.` : `${host} is called again.`
  }
  const remove = async () => {
    await deleteWebhook(webhook.id)
    return `Deleted ${host}`
  }
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
          <button class="btn-quiet" type="button" aria-busy={busy.value} aria-label={`Test ${host}`} onClick={() => act(test)}>
            Test
          </button>
          <Menu
            class="btn-icon"
            label={`More for ${host}`}
            items={[
              { words: 'Change…', do: editing.show },
              { words: webhook.enabled ? 'Switch off' : 'Switch on', do: () => act(turn) },
              { words: 'New secret…', do: renewing.show },
              { words: 'Delete', do: () => act(remove) },
            ]}
          >
            <Icon name="more" />
          </Menu>
        </>
      }
    >
      {(wrong.value || editing.open || renewing.open) && (
        <>
          {wrong.value && <Wrong>{wrong.value}</Wrong>}
          {editing.open && (
            <WebhookForm
              webhook={webhook}
              button="Change it"
              close={editing.close}
              save={async ({ url, events }) => {
                // The same URL again would forget what failed.
                await changeWebhook(webhook.id, { events, ...(url !== webhook.url && { url }) })
                say(`Changed ${host}`)
                editing.close()
                changed()
              }}
            />
          )}
          {renewing.open && <NewSecret webhook={webhook} made={renewed} close={renewing.close} />}
        </>
      )}
    </SettingsLine>
  )
}
