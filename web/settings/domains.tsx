// Domains of one's own: added by name, proved by the DNS, and then addresses can be made of them.
import { useSignal } from '@preact/signals'
import { refreshAccount } from '../account.ts'
import { domains as readDomains, type OwnDomain } from '../api.ts'
import { Read } from '../parts/read.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useReading } from '../parts/use-reading.ts'
import { AddDomain } from './add-domain.tsx'
import { DomainLine } from './domain-line.tsx'
import { SetSection } from './set-section.tsx'

export function Domains({ domain }: { readonly domain: string }) {
  const adding = useOpen()
  const opened = useSignal<string | undefined>(undefined)
  const reading = useReading((signal) => readDomains(signal), [])
  const changed = () => {
    reading.again()
    refreshAccount()
  }
  const added = (made: OwnDomain) => {
    adding.close()
    opened.value = made.id
    reading.again()
  }
  return (
    <SetSection id="domains" title="Domains" add={!adding.open && { words: 'Add a domain', do: adding.show }}>
      <p class="prose">
        Addresses are made at <bdi>{domain}</bdi>, at a name of your own below it, or at a domain that you own.
      </p>
      {adding.open && <AddDomain domain={domain} added={added} close={adding.close} />}
      <Read of="domains" reading={reading}>
        {({ items }) =>
          items.length > 0 && (
            <ul class="lines">
              {items.map((each) => (
                <DomainLine key={each.id} domain={each} opened={opened.value === each.id} changed={changed} />
              ))}
            </ul>
          )
        }
      </Read>
    </SetSection>
  )
}
