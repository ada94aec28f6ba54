// Domains of one's own: added by name, proved by the DNS, and then addresses can be made of them.
import { useSignal } from '@preact/signals'
import { refreshAccount } from '../account.ts'
import { domains as readDomains, type OwnDomain } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { AddDomain } from './add-domain.tsx'
import { DomainLine } from './domain-line.tsx'

export function Domains({ domain }: { readonly domain: string }) {
  const adding = useSignal(false)
  const opened = useSignal<string | undefined>(undefined)
  const { state, again } = useReading((signal) => readDomains(signal), [])
  const now = state.value
  const changed = () => {
    again()
    refreshAccount()
  }
  const added = (made: OwnDomain) => {
    adding.value = false
    opened.value = made.id
    again()
  }
  return (
    <section class="set" id="domains" aria-labelledby="do-h">
      <div class="sec-h">
        <h2 id="do-h">Domains</h2>
        {!adding.value && (
          <button
            class="btn"
            type="button"
            onClick={() => {
              adding.value = true
            }}
          >
            <Icon name="plus" />
            Add a domain
          </button>
        )}
      </div>
      <p class="prose">
        Addresses are made at <bdi>{domain}</bdi>, at a name of your own below it, or at a domain that you own.
      </p>
      {adding.value && (
        <AddDomain
          domain={domain}
          added={added}
          close={() => {
            adding.value = false
          }}
        />
      )}
      {now.kind === 'waiting' && <Skeleton of="domains" />}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {now.kind === 'there' && now.value.items.length > 0 && (
        <ul class="lines">
          {now.value.items.map((each) => (
            <DomainLine key={each.id} domain={each} opened={opened.value === each.id} changed={changed} />
          ))}
        </ul>
      )}
    </section>
  )
}
