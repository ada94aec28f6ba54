// Addresses of another service: a file is looked at first, and taken when what would become of it is seen.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { refreshAccount } from '../account.ts'
import { importProgress, inboxes as readInboxes, sendImport, stopImport, type Import as Progress, type ImportFormat } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { ImportResult } from './import-result.tsx'

const formats: readonly (readonly [ImportFormat, string])[] = [
  ['simplelogin', 'SimpleLogin: CSV, JSON or zip'],
  ['addy', 'addy.io: CSV or XLSX'],
  ['relay', 'Firefox Relay: list, CSV or JSON'],
  ['burnbox', 'Burnbox: the zip of an export'],
  ['text', 'Text: one address a line'],
  ['postfix', 'Postfix: virtual alias table'],
  ['aliases', 'A mail server’s /etc/aliases'],
]
const lookEveryMs = 400

export function Import() {
  const form = useRef<HTMLFormElement>(null)
  const file = useSignal<File | undefined>(undefined)
  const now = useSignal<Progress | undefined>(undefined)
  const { busy, wrong, send } = useSending()
  const { state } = useReading((signal) => readInboxes(signal), [])
  const mine = state.value.kind === 'there' ? state.value.value.items : []
  const open = useRef(true)
  useEffect(() => () => void (open.current = false), [])

  const choose = (chosen: File | undefined) => {
    file.value = chosen
    now.value = undefined
  }
  /** Until its end, or until the page is left: the server goes on without it. */
  const run = (dryRun: boolean) =>
    void send(async () => {
      const { value: chosen } = file
      if (!chosen) throw new Error('Choose the file first.')
      const data = new FormData(form.current!)
      const inbox = String(data.get('inbox') ?? '')
      now.value = await sendImport(chosen, {
        from: String(data.get('from')) as ImportFormat,
        dry_run: dryRun ? 'true' : 'false',
        new_addresses: data.get('new') ? 'true' : 'false',
        ...(inbox && { inbox_id: inbox }),
      })
      while (open.current && now.value.state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
        now.value = await importProgress(now.value.id)
      }
      refreshAccount()
    })
  const stop = () => {
    if (now.value) void stopImport(now.value.id)
  }
  const seen = now.value?.state === 'done' && now.value.dry_run && now.value.taken > 0
  return (
    <form
      class="stack"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        run(!seen)
      }}
      onChange={(event) => {
        if (!(event.target instanceof HTMLInputElement && event.target.type === 'file')) now.value = undefined
      }}
    >
      <p class="prose">Bring the addresses of another service along. Nothing is made twice, so a file may be imported again.</p>
      <div class="two">
        <label class="field">
          <span class="field-l">From</span>
          <select class="input" name="from">
            {formats.map(([format, words]) => (
              <option value={format}>{words}</option>
            ))}
          </select>
        </label>
        <label class="field">
          <span class="field-l">Inboxes that are not yours here</span>
          <select class="input" name="inbox">
            <option value="">add them, each to be verified</option>
            {mine.map((inbox) => (
              <option value={inbox.id}>instead: {inbox.address}</option>
            ))}
          </select>
        </label>
      </div>
      <label
        class="drop"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          choose(event.dataTransfer?.files[0])
        }}
      >
        <Icon name="plus" />
        <span>{file.value ? <bdi>{file.value.name}</bdi> : 'Choose a file, or drop it here'}</span>
        <input class="vh" type="file" name="file" onChange={(event) => choose(event.currentTarget.files?.[0])} />
      </label>
      <label class="check">
        <input type="checkbox" name="new" />
        <span>
          Addresses of other domains get a new one here
          <span class="hint">Else only those of this host and of your own domains are taken</span>
        </span>
      </label>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {now.value && <ImportResult of={now.value} stop={stop} />}
      <div class="actions">
        <BusyButton busy={busy.value}>{seen ? `Import ${now.value!.taken.toLocaleString('en')} addresses` : 'Look at it first'}</BusyButton>
        {!seen && <span class="hint">Changes nothing yet.</span>}
      </div>
    </form>
  )
}
