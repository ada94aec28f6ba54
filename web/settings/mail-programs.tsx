// Sending from a mail program: where it signs in, and the passwords it does so with.
import { useSignal } from '@preact/signals'
import { appPasswords as readAppPasswords, revokeAppPassword, type AppPassword } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { When } from '../parts/when.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { NewAppPassword, ServerLines } from './new-app-password.tsx'
import { SettingsLine } from './settings-line.tsx'

const Line = ({ one, revoke }: { readonly one: AppPassword; readonly revoke: () => void }) => (
  <SettingsLine
    name={<bdi>{one.name}</bdi>}
    hint={
      <>
        {one.alias ? <bdi>{one.alias}</bdi> : 'Every address'}. {one.last_used_at ? <>Used <When at={one.last_used_at} /></> : 'Never used'}
      </>
    }
    action={
      <button class="btn-quiet" type="button" aria-label={`Revoke ${one.name}`} onClick={revoke}>
        Revoke
      </button>
    }
  />
)

export function MailPrograms() {
  const making = useSignal(false)
  const { wrong, send } = useSending()
  const { state, again } = useReading((signal) => readAppPasswords(signal), [])
  const now = state.value
  const revoke = ({ id, name }: AppPassword) =>
    void send(async () => {
      await revokeAppPassword(id)
      say(`Revoked ${name}`)
      again()
    })
  const open = now.kind === 'there' && now.value.servers.length > 0
  return (
    <section class="set" id="programs" aria-labelledby="mp-h">
      <div class="sec-h">
        <h2 id="mp-h">Mail programs</h2>
        {open && (
          <button
            class="btn"
            type="button"
            onClick={() => {
              making.value = true
            }}
          >
            <Icon name="plus" />
            New app password
          </button>
        )}
      </div>
      <p class="prose">
        {open || now.kind !== 'there'
          ? 'A mail program can send as one of your addresses itself. To answer a forwarded message none is needed: answer it as any other.'
          : 'This host takes no mail from mail programs. To answer a forwarded message none is needed: answer it as any other.'}
      </p>
      {open && now.value.items.length > 0 && <ServerLines servers={now.value.servers} user="the address that you send from" />}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {now.kind === 'waiting' && <Skeleton of="app passwords" />}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {now.kind === 'there' && now.value.items.length > 0 && (
        <ul class="lines">
          {now.value.items.map((one) => (
            <Line key={one.id} one={one} revoke={() => revoke(one)} />
          ))}
        </ul>
      )}
      {making.value && now.kind === 'there' && (
        <NewAppPassword
          servers={now.value.servers}
          made={again}
          close={() => {
            making.value = false
          }}
        />
      )}
    </section>
  )
}
