// One domain: whether it is proved, and, opened, its records and what can be done.
import { removeDomain, type OwnDomain } from '../api.ts'
import { Icon } from '../parts/icon.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { MadeUp } from './made-up.tsx'
import { DomainRecords } from './domain-records.tsx'
import { OpenButton, SettingsLine } from './settings-line.tsx'

type Props = { readonly domain: OwnDomain; readonly opened: boolean; readonly changed: () => void }

const addresses = (count: number) => (count === 1 ? '1 address' : `${count.toLocaleString('en')} addresses`)

const Mark = ({ verified }: { readonly verified: boolean }) => (
  <span class={verified ? 'mark-line ok' : 'mark-line warn'}>
    <Icon name={verified ? 'check' : 'clock'} />
    {verified ? 'Yours' : 'Waits for its proof'}
  </span>
)

export function DomainLine({ domain, opened, changed }: Props) {
  const records = useOpen(opened)
  const { busy, wrong, send } = useSending()
  const remove = () =>
    void send(async () => {
      await removeDomain(domain.id)
      say(`Removed ${domain.name}`)
      changed()
    })
  return (
    <SettingsLine
      name={<bdi>{domain.name}</bdi>}
      hint={domain.verified ? addresses(domain.aliases) : 'No address can be made of it yet'}
      state={<Mark verified={domain.verified} />}
      action={
        <OpenButton
          open={records.open}
          words={domain.verified ? 'Settings' : 'Records'}
          label={`${records.open ? 'Close' : 'Show'} the records of ${domain.name}${domain.verified ? ' and its settings' : ''}`}
          toggle={records.toggle}
        />
      }
    >
      {records.open && (
        <>
          {domain.verified && <MadeUp domain={domain} />}
          <DomainRecords domain={domain} proved={changed}>
            {!domain.of_host && (
              <button class="btn" type="button" aria-busy={busy.value} onClick={remove}>
                Remove this domain <span class="vh">{domain.name}</span>
              </button>
            )}
            {!domain.of_host && domain.aliases > 0 && <span class="hint">Forget its addresses first.</span>}
          </DomainRecords>
          {wrong.value && <Wrong>{wrong.value}</Wrong>}
        </>
      )}
    </SettingsLine>
  )
}
