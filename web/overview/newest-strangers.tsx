// Who wrote for the first time lately, to which address, and whether it is a stranger there.
import { correspondents } from '../api.ts'
import { AddressText } from '../parts/address-text.tsx'
import { Icon } from '../parts/icon.tsx'
import { Read } from '../parts/read.tsx'
import { useReading } from '../parts/use-reading.ts'
import { When } from '../parts/when.tsx'

const most = 8

export function NewestStrangers() {
  const reading = useReading((signal) => correspondents({ limit: most }, signal), [])
  return (
    <section class="sec" aria-labelledby="new-h">
      <h2 id="new-h">Newest correspondents</h2>
      <Read of="the newest correspondents" reading={reading}>
        {({ items }) =>
          items.length ? (
            <ul class="people">
              {items.map((one) => (
                <li key={one.id}>
                  <a class="pe-n" href={`/addresses/${one.alias_id}`}>
                    <b>
                      <bdi>{one.address}</bdi>
                    </b>
                    <span class="hint">
                      with <AddressText address={one.alias} />
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
          )
        }
      </Read>
    </section>
  )
}
