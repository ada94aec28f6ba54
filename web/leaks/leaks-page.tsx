// Leaks: the companies whose addresses strangers write to, most strangers first.
import { leaks, type Leak } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { Read } from '../parts/read.tsx'
import { useReading } from '../parts/use-reading.ts'
import { When } from '../parts/when.tsx'

const Line = ({ leak }: { readonly leak: Leak }) => (
  <tr role="row">
    <th role="rowheader" scope="row">
      <a class="link" href={`/leaks/${leak.alias_ids[0]}`}>
        {leak.site ? <bdi>{leak.site}</bdi> : 'An address for no site'}
      </a>
    </th>
    <td role="cell" data-l="Strangers">
      <span class="flag">
        <Icon name="stranger" />
        {leak.strangers.toLocaleString('en')}
      </span>
    </td>
    <td role="cell" data-l="Addresses">
      {leak.aliases.toLocaleString('en')}
    </td>
    <td role="cell" data-l="Latest">
      <When at={leak.last_at} />
    </td>
  </tr>
)

export function LeaksPage() {
  const reading = useReading((signal) => leaks(signal), [])
  return (
    <main id="main" class="page" tabIndex={-1}>
      <div class="bar">
        <h1>Leaks</h1>
      </div>
      <p class="prose">
        Each company has its own address of yours. Who writes to it and is not that company got it from them: a stranger. The report of an address
        says who, when and by what proof.
      </p>
      <Read of="the companies" reading={reading}>
        {({ items }) =>
          items.length ? (
            <table role="table" class="grid grid-n sec">
              <thead role="rowgroup">
                <tr role="row">
                  <th role="columnheader" scope="col">Given to</th>
                  <th role="columnheader" scope="col">Strangers</th>
                  <th role="columnheader" scope="col">Addresses</th>
                  <th role="columnheader" scope="col">Latest</th>
                </tr>
              </thead>
              <tbody role="rowgroup">
                {items.map((leak) => (
                  <Line leak={leak} key={leak.alias_ids[0]} />
                ))}
              </tbody>
            </table>
          ) : (
            <p class="hint sec">No stranger has written to any of your addresses.</p>
          )
        }
      </Read>
    </main>
  )
}
