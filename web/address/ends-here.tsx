// How this address ends by itself, and quiet mode. An address that ends burns: its mail is held.
import { keep } from '../alias-store.ts'
import { changeAlias, type Alias, type AliasChange } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Icon } from '../parts/icon.tsx'
import { say } from '../say.ts'

/** Undefined: it says no number. */
const numberIn = (text: string) => (text.trim() === '' ? null : /^\s*[1-9]\d{0,5}\s*$/.test(text) ? Number(text) : undefined)

export function EndsHere({ alias }: { readonly alias: Alias }) {
  const { wrong, sendInTurn } = useSending()
  if (alias.system) return null
  const change = (part: AliasChange, words: string) =>
    void sendInTurn(async () => {
      keep(await changeAlias(alias.id, part))
      say(words)
    })
  const changeNumber = (name: 'ends_after' | 'ends_idle_days', text: string) => {
    const number = numberIn(text)
    if (number === undefined) wrong.value = 'Write a number, 30 say, or nothing.'
    else change({ [name]: number }, number === null ? 'It does not end so.' : 'Changed.')
  }
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
            onChange={(event) => changeNumber('ends_after', event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span class="field-l">Burns after so many days without mail</span>
          <input
            class="input"
            inputMode="numeric"
            value={alias.ends_idle_days ?? ''}
            onChange={(event) => changeNumber('ends_idle_days', event.currentTarget.value)}
          />
        </label>
      </details>
    </section>
  )
}
