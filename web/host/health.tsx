// Whether all is well: what the DNS says, the disk, the queue, the database. Each with what is meant by it.
import type { ComponentChildren } from 'preact'
import { dnsRecords, type DnsRecord, type HostStatus } from '../api.ts'
import { sizeOf } from '../name-of.ts'
import { CopyButton } from '../parts/copy.tsx'
import { Icon } from '../parts/icon.tsx'
import { useReading } from '../parts/use-reading.ts'
import { span } from '../time.ts'

type Grade = 'ok' | 'warn' | 'bad'
const grades: Readonly<Record<Grade, readonly [icon: string, words: string]>> = {
  ok: ['check', 'Good'],
  warn: ['warn', 'Look at this'],
  bad: ['close', 'Wrong'],
}

type CheckProps = { readonly grade: Grade; readonly name: string; readonly children: ComponentChildren }

const Check = ({ grade, name, children }: CheckProps) => (
  <li class="chk">
    <span class={`chk-i ${grade}`}>
      <Icon name={grades[grade][0]} />
      <span class="vh">{grades[grade][1]}: </span>
    </span>
    <b>{name}</b>
    <span class="chk-s">{children}</span>
  </li>
)

const little = 0.1
const hourMs = 3_600_000

const waiting = (count: number) => (count === 1 ? '1 delivery waits' : `${count.toLocaleString('en')} deliveries wait`)

/** What people call it, by where and what it is. */
function kindOf({ type, name, value }: DnsRecord): string {
  if (name.startsWith('_dmarc.')) return 'DMARC'
  if (name.includes('._domainkey.')) return 'DKIM'
  return /^"?v=spf1/i.test(value) ? 'SPF' : type
}

const gradeOf = ({ published }: DnsRecord): Grade => (published === true ? 'ok' : published === false ? 'bad' : 'warn')

const Dns = ({ record }: { readonly record: DnsRecord }) => (
  <Check grade={gradeOf(record)} name={kindOf(record)}>
    {record.published === true && record.why}
    {record.published === null && `The DNS gave no answer for ${record.name}`}
    {record.published === false && (
      <>
        {record.why}. {record.found?.length ? 'Something else is published' : 'Nothing is published'} at {record.name}. It should say:
        <span class="rec">
          <code tabIndex={0}>{record.value}</code>
          <CopyButton text={record.value} />
        </span>
      </>
    )}
  </Check>
)

export function Health({ host }: { readonly host: HostStatus }) {
  const { state, again } = useReading((signal) => dnsRecords(signal), [])
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
        {now.kind === 'there' && now.value.items.map((record) => <Dns record={record} key={`${record.type} ${record.name}`} />)}
        {now.kind === 'waiting' && (
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
