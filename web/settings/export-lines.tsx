// Everything as one archive, and the addresses as a table.
import { useSignal } from '@preact/signals'
import { exportArchive } from '../api.ts'
import { sizeOf } from '../name-of.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { SettingsLine } from './settings-line.tsx'

export function ExportLines() {
  const { busy, wrong, send } = useSending()
  const bytes = useSignal({ done: 0, about: 0 })
  const save = () =>
    void send(async () => {
      bytes.value = { done: 0, about: 0 }
      const { name, blob } = await exportArchive((done, about) => {
        bytes.value = { done, about }
      })
      const url = URL.createObjectURL(blob)
      const link = Object.assign(document.createElement('a'), { href: url, download: name })
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
    })
  const { done, about } = bytes.value
  return (
    <>
      <SettingsLine
        name="Export everything"
        hint="Addresses, correspondents, activity and held mail as a zip. Another Burnbox takes it as it is"
        action={
          <BusyButton class="btn" busy={busy.value} onClick={save}>
            Export
          </BusyButton>
        }
      >
        {busy.value ? (
          <div class="work" role="group" aria-label="Exporting">
            <p>
              <b>Exporting</b> <span class="n">{sizeOf(done)}</span>
            </p>
            <progress max={Math.max(about, done, 1)} value={about ? done : undefined} aria-label="Exporting" />
          </div>
        ) : (
          wrong.value && <Wrong>{wrong.value}</Wrong>
        )}
      </SettingsLine>
      <SettingsLine
        name="Addresses as a table"
        hint="For a spreadsheet"
        action={
          <a class="btn" href="/v1/export/aliases.csv" download>
            CSV
          </a>
        }
      />
    </>
  )
}
