// Whether all is well: what the DNS says, the disk, the queue, the database. Each with what is meant by it.
import { dnsRecords, type HostStatus } from '../api-host.ts'
import { sizeOf } from '../name-of.ts'
import { useReading } from '../parts/use-reading.ts'
import { span } from '../time.ts'
import { Check } from './check.tsx'
import { DnsCheck } from './dns-check.tsx'

const little = 0.1
const hourMs = 3_600_000

const waiting = (count: number) => (count === 1 ? '1 delivery waits' : `${count.toLocaleString('en')} deliveries wait`)

/** RFC 6761 §6.3: such names are in no DNS, and in local mode no mail leaves the machine. */
const isLocal = (domain: string) => /(?:^|\.)localhost$/.test(domain)

export function Health({ host }: { readonly host: HostStatus }) {
  const { state, again } = useReading(async (signal) => (isLocal(host.domain) ? { items: [] } : dnsRecords(signal)), [])
  const now = state.value
  const { disk, queue } = host
  const age = queue.oldest_at ? Date.now() - Date.parse(queue.oldest_at) : 0
  return (
    <section class="sec" aria-labelledby="he-h">
      <div class="sec-h">
        <h2 id="he-h">Health</h2>
        <button class="link hint" type="button" onClick={again}>
          Look again
        </button>
      </div>
      <ul class="chks">
        {disk && (
          <Check grade={disk.free / disk.total < little ? 'warn' : 'ok'} name="Disk">
            {sizeOf(disk.free)} of {sizeOf(disk.total)} free, mail takes {sizeOf(host.mail_bytes)}
          </Check>
        )}
        <Check grade="ok" name="Database">
          {sizeOf(host.database_bytes)}
        </Check>
        <Check grade={age > hourMs ? 'warn' : 'ok'} name="Queue">
          {queue.queued + queue.awaiting_reply === 0
            ? 'Nothing waits'
            : `${waiting(queue.queued + queue.awaiting_reply)}, the oldest for ${span(age)}`}
        </Check>
        {isLocal(host.domain) && (
          <Check grade="ok" name="DNS">
            Nothing to publish: in local mode no mail leaves this machine
          </Check>
        )}
        {now.kind === 'there' && now.value.items.map((record) => <DnsCheck record={record} key={`${record.type} ${record.name}`} />)}
        {now.kind === 'waiting' && !isLocal(host.domain) && (
          <Check grade="ok" name="DNS">
            Looking…
          </Check>
        )}
        {now.kind === 'failed' && (
          <Check grade="warn" name="DNS">
            It could not be looked up.
          </Check>
        )}
      </ul>
    </section>
  )
}
