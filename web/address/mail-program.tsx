// A mail program that sends as this address: offered where the host has a port for it.
import { useSignal } from '@preact/signals'
import { appPasswords, type Alias } from '../api.ts'
import { useReading } from '../parts/use-reading.ts'
import { NewAppPassword } from '../settings/new-app-password.tsx'

export function MailProgram({ alias }: { readonly alias: Alias }) {
  const making = useSignal(false)
  const { state } = useReading((signal) => appPasswords(signal), [])
  const now = state.value
  if (now.kind !== 'there' || !now.value.servers.length) return null
  return (
    <div class="hint">
      <button
        class="link"
        type="button"
        onClick={() => {
          making.value = true
        }}
      >
        Send from a mail program
      </button>
      {making.value && (
        <NewAppPassword
          alias={alias}
          servers={now.value.servers}
          close={() => {
            making.value = false
          }}
        />
      )}
    </div>
  )
}
