// What to publish for a domain, each with what the DNS says of it now.
import type { ComponentChildren } from 'preact'
import { domain as readDomain, proveDomain, type OwnDomain } from '../api.ts'
import { DnsCheck } from '../host/dns-check.tsx'
import { BusyButton } from '../parts/busy-button.tsx'
import { Read } from '../parts/read.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

type Props = { readonly domain: OwnDomain; readonly proved: () => void; readonly children: ComponentChildren }

export function DomainRecords({ domain, proved, children }: Props) {
  const reading = useReading((signal) => readDomain(domain.id, signal), [domain.id, domain.verified])
  const { busy, wrong, send } = useSending()
  const look = () =>
    void send(async () => {
      if (domain.verified) return reading.again()
      await proveDomain(domain.id)
      say(`${domain.name} is yours: addresses can be made of it.`)
      proved()
    })
  return (
    <>
      <p class="prose">
        {domain.verified
          ? 'What the DNS says of it:'
          : 'Publish these where you manage the domain, then let Burnbox look. The first one proves that it is yours. A new record needs some minutes.'}
      </p>
      <Read of="records" reading={reading}>
        {({ records }) => (
          <ul class="chks">
            {records.map((record) => (
              <DnsCheck record={record} key={`${record.type} ${record.name}`} />
            ))}
          </ul>
        )}
      </Read>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <p class="actions">
        <BusyButton busy={busy.value} onClick={look}>
          {domain.verified ? 'Look again' : 'Look for the proof'}
        </BusyButton>
        {children}
      </p>
    </>
  )
}
