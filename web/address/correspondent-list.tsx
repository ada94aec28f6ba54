// Who wrote to this address, and the address through which its owner writes back: mail to it goes out as from here.
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { correspondents, type Alias } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { paged } from '../paged.ts'
import { Person } from './person.tsx'
import { WriteDialog } from './write-dialog.tsx'

const few = 8

export function CorrespondentList({ alias }: { readonly alias: Alias }) {
  const writing = useSignal(false)
  const list = useMemo(() => paged((cursor, signal) => correspondents({ alias_id: alias.id, cursor, limit: few }, signal)), [alias.id])
  useEffect(() => {
    void list.start()
  }, [list])
  const people = list.pages.value.flat()
  return (
    <section class="sec" aria-labelledby="cor-h">
      <div class="sec-h">
        <h2 id="cor-h">Correspondents</h2>
        <button
          class="link hint"
          type="button"
          onClick={() => {
            writing.value = true
          }}
        >
          Write to someone new
        </button>
      </div>
      {people.length > 0 && (
        <ul class="people">
          {people.map((one) => (
            <Person one={one} key={one.id} />
          ))}
        </ul>
      )}
      {list.standing.value === 'failed' && <Fault error={list.fault.value} retry={() => void list.start()} />}
      {list.standing.value === 'ready' && !people.length && <p class="hint">Nobody has written yet.</p>}
      {people.length > 0 && list.complete.value && (
        <p class="hint people-h">“Write to” copies an address of this host. Mail that you send to it reaches them as from this address.</p>
      )}
      {people.length > 0 && !list.complete.value && (
        <button class="grp-m" type="button" onClick={() => void list.more()}>
          More
          <Icon name="down" />
        </button>
      )}
      {writing.value && (
        <WriteDialog
          alias={alias}
          made={() => void list.start()}
          onClose={() => {
            writing.value = false
          }}
        />
      )}
    </section>
  )
}
