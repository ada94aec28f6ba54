// Leaks: the companies whose addresses strangers write to, most strangers first.
import { leaks, type Leak } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { Read } from '../parts/read.tsx'
import { useReading } from '../parts/use-reading.ts'
import { When } from '../parts/when.tsx'

const Line = ({ leak }: { readonly leak: Leak }) => (
  <tr>
    <th scope="row">
      <a class="link" href={`/leaks/${leak.alias_ids[0]}`}>
        {leak.site ? <bdi>{leak.site}</bdi> : 'An address for no site'}
      </a>
    </th>
    <td>
      <span class="flag">
        <Icon name="stranger" />
        {leak.strangers.toLocaleString('en')}
      </span>
    </td>
    <td>{leak.aliases.toLocaleString('en')}</td>
    <td>
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
            <table class="grid grid-n sec">
              <thead>
                <tr>
                  <th scope="col">Given to</th>
                  <th scope="col">Strangers</th>
                  <th scope="col">Addresses</th>
                  <th scope="col">Latest</th>
                </tr>
              </thead>
              <tbody>
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
