// How this address ends by itself, and quiet mode. An address that ends burns: its mail is held.
import { keep } from '../alias-store.ts'
import { changeAlias, type Alias, type AliasChange } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Icon } from '../parts/icon.tsx'
import { say } from '../say.ts'

const numberIn = (text: string) => (/^\d+$/.test(text) && Number(text) > 0 ? Number(text) : null)

export function EndsHere({ alias }: { readonly alias: Alias }) {
  const { wrong, send } = useSending()
  if (alias.system) return null
  const change = (part: AliasChange, words: string) =>
    void send(async () => {
      keep(await changeAlias(alias.id, part))
      say(words)
    })
  const words = [
    alias.quiet && 'quiet', alias.ends_at && 'ends by date', alias.ends_after !== null && `ends after ${alias.ends_after} messages`,
    alias.ends_idle_days && `ends when idle for ${alias.ends_idle_days} days`,
  ].filter(Boolean)
  return (
    <section class="sec" aria-labelledby="end-h">
      <h2 id="end-h">Quiet, and ends</h2>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <details class="more">
        <summary>
          <span>{words.length ? words.join(', ') : 'Neither'}</span>
          <Icon name="down" />
        </summary>
        <label class="check">
          <input
            type="checkbox"
            checked={alias.quiet}
            onChange={(event) => {
              const quiet = event.currentTarget.checked
              change({ quiet }, quiet ? 'Newsletters are held.' : 'Newsletters are delivered.')
            }}
          />
          <span>
            <b>Quiet</b>
            <span class="hint">Newsletters and other mail to many are held</span>
          </span>
        </label>
        <label class="field">
          <span class="field-l">Burns on</span>
          <input
            class="input"
            type="date"
            value={alias.ends_at?.slice(0, 10) ?? ''}
            onChange={(event) => {
              const day = event.currentTarget.value
              change({ ends_at: day ? `${day}T00:00:00.000Z` : null }, day ? 'It burns on that day.' : 'It has no last day.')
            }}
          />
        </label>
        <label class="field">
          <span class="field-l">Burns after so many more messages</span>
          <input
            class="input"
            inputMode="numeric"
            value={alias.ends_after ?? ''}
            onChange={(event) => change({ ends_after: numberIn(event.currentTarget.value) }, 'Changed.')}
          />
        </label>
        <label class="field">
          <span class="field-l">Burns after so many days without mail</span>
          <input
            class="input"
            inputMode="numeric"
            value={alias.ends_idle_days ?? ''}
            onChange={(event) => change({ ends_idle_days: numberIn(event.currentTarget.value) }, 'Changed.')}
          />
        </label>
      </details>
    </section>
  )
}
