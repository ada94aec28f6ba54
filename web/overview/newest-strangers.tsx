// Who wrote for the first time lately, to which address, and whether it is a stranger there.
import { correspondents } from '../api.ts'
import { AddressText } from '../parts/address-text.tsx'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { When } from '../parts/when.tsx'

const most = 8

export function NewestStrangers() {
  const { state, again } = useReading((signal) => correspondents({ limit: most }, signal), [])
  const now = state.value
  return (
    <section class="sec" aria-labelledby="new-h">
      <h2 id="new-h">Newest correspondents</h2>
      {now.kind === 'waiting' && <Skeleton of="the newest correspondents" />}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {now.kind === 'there' &&
        (now.value.items.length ? (
          <ul class="people">
            {now.value.items.map((one) => (
              <li key={one.id}>
                <a class="pe-n" href={`/addresses/${one.alias_id}`}>
                  <b>
                    <bdi>{one.address}</bdi>
                  </b>
                  <span class="hint">
                    wrote to <AddressText address={one.alias} />
                  </span>
                </a>
                {one.stranger ? (
                  <span class="flag">
                    <Icon name="stranger" />
                    Stranger
                  </span>
                ) : (
                  <span class="hint">
                    <When at={one.first_at} />
                  </span>
                )}
              </li>
            ))}
          </ul>
        ) : (
          <p class="hint">Nobody has written yet.</p>
        ))}
    </section>
  )
}
