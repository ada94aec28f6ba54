// Whose mail is held at every address.
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { block, blocks, unblock, type Block } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Fault } from '../parts/fault.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { paged } from '../paged.ts'
import { say } from '../say.ts'

export function Blocked() {
  const text = useSignal('')
  const adding = useSending()
  const ending = useSending()
  const list = useMemo(() => paged<Block>((cursor, signal) => blocks(cursor, signal)), [])
  useEffect(() => {
    void list.start()
  }, [list])
  const all = list.pages.value.flat()
  const add = (event: SubmitEvent) => {
    event.preventDefault()
    void adding.send(async () => {
      await block(text.value)
      say(`Mail of ${text.value.trim()} is held.`)
      text.value = ''
      await list.start()
    })
  }
  const end = (one: Block) =>
    void ending.send(async () => {
      await unblock(one.id)
      say(`Mail of ${one.address} is delivered again.`)
      await list.start()
    })
  return (
    <>
      <h3 class="set-h">Blocked</h3>
      <p class="hint">Their mail is held, whichever address they write to. They learn nothing.</p>
      {ending.wrong.value && <Wrong>{ending.wrong.value}</Wrong>}
      {list.standing.value === 'failed' && <Fault error={list.fault.value} retry={() => void list.start()} />}
      {all.length > 0 && (
        <ul class="subs" aria-label="Blocked">
          {all.map((one) => (
            <li key={one.id}>
              <bdi>{one.address}</bdi>
              <button class="btn-quiet" type="button" aria-label={`Unblock ${one.address}`} onClick={() => end(one)}>
                Unblock
              </button>
            </li>
          ))}
        </ul>
      )}
      {all.length > 0 && !list.complete.value && (
        <button class="grp-m" type="button" onClick={() => void list.more()}>
          More
          <Icon name="down" />
        </button>
      )}
      <form class="test-to" onSubmit={add} noValidate>
        <Field
          words="Block an address or a domain"
          type="text"
          autocapitalize="none"
          autocomplete="off"
          maxLength={320}
          value={text.value}
          wrong={adding.wrong.value}
          onInput={(event) => {
            text.value = event.currentTarget.value
          }}
        />
        <BusyButton class="btn" busy={adding.busy.value}>
          Block
        </BusyButton>
      </form>
    </>
  )
}
