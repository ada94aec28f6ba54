// How new addresses are made: what they look like, and where their mail goes.
import { account } from '../account.ts'
import { inboxes as readInboxes, type Me } from '../api.ts'
import { useReading } from '../parts/use-reading.ts'
import { Wrong } from '../parts/wrong.tsx'
import { useAccountChange } from './use-account-change.ts'

type Format = Me['address_format']
const formats: readonly (readonly [Format, words: string, example: string])[] = [
  ['company', 'Company and letters', 'shop-7kq2m'],
  ['words', 'Words', 'quiet-lantern-417'],
  ['letters', 'Letters alone', '7kq2mxw4rt'],
]

export function NewAddresses() {
  const { state } = useReading((signal) => readInboxes(signal), [])
  const { wrong, change } = useAccountChange()
  const me = account.value
  if (!me) return null
  const boxes = state.value.kind === 'there' ? state.value.value.items.filter((inbox) => inbox.verified) : []
  return (
    <section class="set" id="new-addresses" aria-labelledby="na-h">
      <h2 id="na-h">New addresses</h2>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <ul class="lines">
        <li class="ln ln-open">
          <fieldset class="ln-more">
            <legend>
              <b class="ln-t">Their form</b>
            </legend>
            <div class="forms">
              {formats.map(([format, words, example]) => (
                <label class="check">
                  <input
                    type="radio"
                    name="format"
                    checked={me.address_format === format}
                    onChange={() => change({ address_format: format }, `New addresses look like ${example}.`)}
                  />
                  <span>
                    {words} <code class="soft">{example}</code>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
        </li>
        {boxes.length > 1 && (
          <li class="ln">
            <label class="ln-m" for="default-inbox">
              <b>Default inbox</b>
              <span class="hint">Where the mail of a new address goes, unless you choose another</span>
            </label>
            <span class="ln-a">
              <select
                class="input"
                id="default-inbox"
                value={me.default_inbox_id ?? ''}
                onChange={(event) => change({ default_inbox_id: event.currentTarget.value }, 'Changed the default inbox.')}
              >
                {boxes.map((inbox) => (
                  <option value={inbox.id}>{inbox.address}</option>
                ))}
              </select>
            </span>
          </li>
        )}
      </ul>
    </section>
  )
}
