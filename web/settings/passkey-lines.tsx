// Passkeys: added on the device that holds them, named, removed.
import { useSignal } from '@preact/signals'
import { addPasskey, newPasskeyQuestion, removePasskey, renamePasskey, type Passkey } from '../api-sign-in.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { canPasskeys, makePasskey } from '../sign/passkeys.ts'
import { dayOf } from '../time.ts'
import { SettingsLine } from './settings-line.tsx'

type Props = { readonly passkeys: readonly Passkey[]; readonly hasPassword: boolean; readonly changed: () => void }

/** A name to begin with, which can be changed: the day says enough. */
const firstName = () => `Made ${dayOf(new Date())}`

export function PasskeyLines({ passkeys, hasPassword, changed }: Props) {
  const { busy, wrong, send } = useSending()
  const naming = useSignal<string | undefined>(undefined)
  const act = async (words: string, does: () => Promise<void>) => {
    if (!(await send(does))) return
    say(words)
    changed()
  }
  const add = () => act('Passkey added.', async () => addPasskey(await makePasskey(await newPasskeyQuestion()), firstName()))
  const isLast = passkeys.length === 1 && !hasPassword
  return (
    <SettingsLine
      name="Passkeys"
      hint="Sign in with the fingerprint, face or code of a device"
      state={passkeys.length === 0 ? 'None' : passkeys.length === 1 ? '1 passkey' : `${passkeys.length} passkeys`}
      action={
        canPasskeys() && (
          <BusyButton busy={busy.value} class="btn" onClick={() => void add()}>
            Add a passkey
          </BusyButton>
        )
      }
    >
      {(passkeys.length > 0 || wrong.value) && (
        <>
          {wrong.value && <Wrong>{wrong.value}</Wrong>}
          <ul class="subs">
            {passkeys.map((one) => (
              <li key={one.id}>
                <Icon name="key" />
                {naming.value === one.id ? (
                  <input
                    class="input label-in"
                    aria-label="Name of the passkey"
                    defaultValue={one.name ?? ''}
                    maxLength={60}
                    ref={(field) => {
                      field?.focus()
                    }}
                    onKeyDown={(event) => {
                      if (event.key === 'Enter') event.currentTarget.blur()
                      if (event.key === 'Escape') naming.value = undefined
                    }}
                    onBlur={(event) => {
                      const name = event.currentTarget.value.trim()
                      if (naming.value !== one.id) return
                      naming.value = undefined
                      if (name && name !== one.name) void act('Renamed.', () => renamePasskey(one.id, name))
                    }}
                  />
                ) : (
                  <button
                    class="label-b"
                    type="button"
                    aria-label={`Rename the passkey ${one.name ?? ''}`}
                    onClick={() => {
                      naming.value = one.id
                    }}
                  >
                    <bdi>{one.name ?? 'Passkey'}</bdi>
                  </button>
                )}
                <span class="hint">{one.created_at && `since ${dayOf(new Date(one.created_at))}`}</span>
                {!isLast && (
                  <button
                    class="btn-quiet"
                    type="button"
                    aria-label={`Remove the passkey ${one.name ?? ''}`}
                    onClick={() => void act('Passkey removed.', () => removePasskey(one.id))}
                  >
                    Remove
                  </button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </SettingsLine>
  )
}
