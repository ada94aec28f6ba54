// Sending from a mail program: where it signs in, and the passwords it does so with.
import { appPasswords as readAppPasswords, revokeAppPassword, type AppPassword } from '../api.ts'
import { Read } from '../parts/read.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { When } from '../parts/when.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { NewAppPassword, ServerLines } from './new-app-password.tsx'
import { SetSection } from './set-section.tsx'
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
  const making = useOpen()
  const { wrong, send } = useSending()
  const reading = useReading((signal) => readAppPasswords(signal), [])
  const now = reading.state.value
  const revoke = ({ id, name }: AppPassword) =>
    void send(async () => {
      await revokeAppPassword(id)
      say(`Revoked ${name}`)
      reading.again()
    })
  const open = now.kind === 'there' && now.value.servers.length > 0
  return (
    <SetSection id="programs" title="Mail programs" add={open && { words: 'New app password', do: making.show }}>
      <p class="prose">
        {open || now.kind !== 'there'
          ? 'A mail program can send as one of your addresses itself. To answer a forwarded message none is needed: answer it as any other.'
          : 'This host takes no mail from mail programs. To answer a forwarded message none is needed: answer it as any other.'}
      </p>
      {open && now.value.items.length > 0 && <ServerLines servers={now.value.servers} user="the address that you send from" />}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <Read of="app passwords" reading={reading}>
        {({ items }) =>
          items.length > 0 && (
            <ul class="lines">
              {items.map((one) => (
                <Line key={one.id} one={one} revoke={() => revoke(one)} />
              ))}
            </ul>
          )
        }
      </Read>
      {making.open && now.kind === 'there' && <NewAppPassword servers={now.value.servers} made={reading.again} close={making.close} />}
    </SetSection>
  )
}
