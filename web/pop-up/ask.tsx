// The one question of the small window: this address for this company? Always asked; any page could open the window.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { createAlias, type Alias, type Inbox } from '../api.ts'
import { copyText } from '../copy-text.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { localPart } from '../name-of.ts'
import { Have } from './have.tsx'
import { handOver } from './opener.ts'
import type { Why } from './shown.tsx'
import { useArmed } from './use-armed.ts'

export type Known = { readonly origin: string; readonly site: string; readonly aliases: readonly Alias[]; readonly inboxes: readonly Inbox[] }
type Props = { readonly known: Known; readonly shown: (address: string, why: Why, copied: boolean) => void }

export function Ask({ known: { origin, site, aliases, inboxes }, shown }: Props) {
  const armed = useArmed()
  const { busy, wrong, send } = useSending()
  const chosen = useSignal(aliases.find(({ state }) => state === 'active')?.id ?? '')
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('[type=submit]')?.focus(), [])

  const wanted = async (): Promise<Alias> => {
    const had = aliases.find(({ id }) => id === chosen.value)
    if (had) return had
    const said = new FormData(form.current!)
    const [label, inbox] = ['label', 'inbox'].map((name) => String(said.get(name) ?? '').trim())
    return createAlias({ site, ...(label && { label }), ...(inbox && { inbox_ids: [inbox] }) })
  }
  const use = (event: Event) => {
    event.preventDefault()
    if (!armed()) return
    void send(async () => {
      const { address } = await wanted()
      const handed = await handOver(address, origin)
      if (handed === 'filled') close()
      else shown(address, handed, await copyText(address))
    })
  }
  const copy = () => {
    if (!armed()) return
    void send(async () => {
      const { address } = await wanted()
      shown(address, 'copied', await copyText(address))
    })
  }

  const had = aliases.find(({ id }) => id === chosen.value)
  return (
    <form class="pop-f" ref={form} onSubmit={use}>
      {aliases.length > 0 && (
        <Have
          aliases={aliases}
          chosen={chosen.value}
          choose={(id) => {
            chosen.value = id
          }}
        />
      )}
      {!had && (
        <div class={inboxes.length > 1 ? 'two two-tight' : 'stack'}>
          {inboxes.length > 1 && (
            <label class="field">
              <span class="field-l">Goes to</span>
              <select class="input" name="inbox">
                <option value="">The default inbox</option>
                {inboxes.map((inbox) => (
                  <option value={inbox.id}>{inbox.address}</option>
                ))}
              </select>
            </label>
          )}
          <label class="field">
            <span class="field-l">
              Label <i>optional</i>
            </span>
            <input class="input" name="label" autocomplete="off" maxLength={100} />
          </label>
        </div>
      )}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <div class="pop-do">
        <BusyButton busy={busy.value} class="btn btn-primary btn-wide">
          {had ? `Use ${localPart(had.address)}` : 'Make and fill in'}
          <kbd aria-hidden="true">Enter</kbd>
        </BusyButton>
        <button class="btn-quiet" type="button" onClick={copy}>
          <Icon name="copy" />
          Copy only
        </button>
      </div>
      <p class="pop-note">
        <Icon name="lock" />
        <span>
          <bdi>{site}</bdi> {aliases.length > 0 ? 'cannot see this list.' : 'gets this address and nothing else.'}
        </span>
      </p>
    </form>
  )
}
