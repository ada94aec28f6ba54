// Strangers that write to this address, and whom it was given to: "this is the company too", or burn it.
import { useRef } from 'preact/hooks'
import { keep } from '../alias-store.ts'
import { alias as readAlias, changeAlias, expectedSenders, expectNoLonger, expectSender, expectWhoWrote, strangersOf, type Alias } from '../api.ts'
import { burn } from '../burning.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { When } from '../parts/when.tsx'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

const few = 5
const modes = [
  ['', 'As in Settings'],
  ['flag', 'Deliver and flag'],
  ['hold', 'Hold'],
  ['silent', 'Deliver silently'],
] as const
const origins = { first: 'wrote first', learned: 'learned', owner: 'added by you' } as const

export function StrangersHere({ alias }: { readonly alias: Alias }) {
  const { busy, wrong, sendInTurn } = useSending()
  const people = useReading((signal) => strangersOf(alias.id, few, signal), [alias.id])
  const expected = useReading((signal) => expectedSenders(alias.id, signal), [alias.id])
  const field = useRef<HTMLInputElement>(null)
  const change = (does: () => Promise<void>, words: string) =>
    void sendInTurn(async () => {
      await does()
      keep(await readAlias(alias.id))
      people.again()
      expected.again()
      say(words)
    })
  const now = people.state.value
  const given = expected.state.value
  if (alias.system) return null
  return (
    <section class="sec" aria-labelledby="str-h">
      <div class="sec-h">
        <h2 id="str-h">Given to {alias.site ? <bdi>{alias.site}</bdi> : 'whoever wrote first'}</h2>
        {alias.strangers > 0 && (
          <a class="link" href={`/leaks/${alias.id}`}>
            Leak report
          </a>
        )}
      </div>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {now.kind === 'failed' && <Fault error={now.error} retry={people.again} />}
      {now.kind === 'there' && now.value.items.length > 0 && (
        <ul class="people">
          {now.value.items.map((one) => (
            <li class="str" key={one.id}>
              <span class="pe-n">
                <b title={one.address}>
                  <bdi>{one.address}</bdi>
                </b>
                <span class="hint">
                  <span class="flag">
                    <Icon name="stranger" />
                    Stranger
                  </span>
                  since <When at={one.first_at} />
                  {!one.proven && ', not proven'}
                </span>
              </span>
              <button class="btn" type="button" onClick={() => change(() => expectWhoWrote(alias.id, one.id), `${one.organisation} is expected.`)}>
                This is the company too
              </button>
            </li>
          ))}
        </ul>
      )}
      {now.kind === 'there' && now.value.items.length > 0 && alias.state === 'active' && (
        <p class="actions">
          <button class="btn-burn" type="button" onClick={() => burn(alias)}>
            Burn it
          </button>
        </p>
      )}
      {now.kind === 'there' && !now.value.items.length && <p class="hint">No stranger has written.</p>}
      {given.kind === 'there' && (
        <details class="more">
          <summary>
            <span>Who is expected{given.value.learning && ', still learning'}</span>
            <Icon name="down" />
          </summary>
          <ul class="people">
            {given.value.site && (
              <li>
                <span class="pe-n">
                  <b><bdi>{given.value.site}</bdi></b>
                  <span class="hint">it was made for it</span>
                </span>
              </li>
            )}
            {given.value.items.map((one) => (
              <li key={one.id}>
                <span class="pe-n">
                  <b><bdi>{one.name}</bdi></b>
                  <span class="hint">
                    {one.kind === 'signer' ? 'signs for it, ' : ''}
                    {origins[one.origin]}
                    {one.unproven && ', without proof too'}
                  </span>
                </span>
                <button
                  class="btn-quiet"
                  type="button"
                  aria-label={`Remove ${one.name}`}
                  onClick={() => change(() => expectNoLonger(alias.id, one.id), `${one.name} is expected no longer.`)}
                >
                  Remove
                </button>
              </li>
            ))}
          </ul>
          <form
            class="row-f"
            onSubmit={(event) => {
              event.preventDefault()
              const sender = field.current?.value.trim() ?? ''
              if (sender) {
                change(async () => {
                  await expectSender(alias.id, sender)
                  if (field.current) field.current.value = ''
                }, `${sender} is expected.`)
              }
            }}
          >
            <input
              class="input"
              ref={field}
              aria-label="A domain or an address to expect"
              placeholder="shop-mail.example"
              maxLength={320}
              autocapitalize="none"
              spellcheck={false}
            />
            <BusyButton busy={busy.value} class="btn">
              Expect
            </BusyButton>
          </form>
          <label class="field">
            <span class="field-l">Mail of strangers</span>
            <select
              class="input"
              value={alias.stranger_mail ?? ''}
              onChange={(event) => {
                const mode = event.currentTarget.value as (typeof modes)[number][0]
                change(async () => {
                  keep(await changeAlias(alias.id, { stranger_mail: mode || null }))
                }, 'Changed what becomes of the mail of strangers.')
              }}
            >
              {modes.map(([mode, words]) => (
                <option value={mode}>{words}</option>
              ))}
            </select>
          </label>
        </details>
      )}
    </section>
  )
}
