// Who wrote to this address, and the address through which its owner writes back: mail to it goes out as from here.
import { useEffect, useMemo } from 'preact/hooks'
import { correspondents, type Alias, type Correspondent } from '../api.ts'
import { useCopy } from '../parts/copy.tsx'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { paged } from '../paged.ts'
import { dayOf } from '../time.ts'

const few = 8

function Person({ one }: { readonly one: Correspondent }) {
  const { done, copy } = useCopy(one.reverse_address)
  return (
    <li>
      <span class="pe-n">
        <b title={one.address}>
          <bdi>{one.address}</bdi>
        </b>
        <span class="hint">since {dayOf(new Date(one.first_at))}</span>
      </span>
      {one.stranger && (
        <span class="flag">
          <Icon name="stranger" />
          Stranger
        </span>
      )}
      <button class="btn-quiet pe-w" type="button" onClick={copy} aria-label={`${done ? 'Copied' : 'Write to'} ${one.address}: copies the address for it`}>
        <Icon name={done ? 'check' : 'reply'} />
        {done ? 'Copied' : 'Write to'}
      </button>
    </li>
  )
}

export function CorrespondentList({ alias }: { readonly alias: Alias }) {
  const list = useMemo(() => paged((cursor, signal) => correspondents({ alias_id: alias.id, cursor, limit: few }, signal)), [alias.id])
  useEffect(() => {
    void list.start()
  }, [list])
  const people = list.pages.value.flat()
  return (
    <section class="sec" aria-labelledby="cor-h">
      <h2 id="cor-h">Correspondents</h2>
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
    </section>
  )
}
