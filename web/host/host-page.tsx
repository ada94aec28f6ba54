// Host, for its operator: how it stands, what waits, who is here. Counts and sizes; never addresses, senders or content.
import { hostStatus } from '../api-host.ts'
import { Fault } from '../parts/fault.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { span } from '../time.ts'
import { Accounts } from './accounts.tsx'
import { Health } from './health.tsx'
import { Queue } from './queue.tsx'
import { SignUp } from './sign-up.tsx'

export function HostPage() {
  const { state, again } = useReading((signal) => hostStatus(signal), [])
  const now = state.value
  const host = now.kind === 'there' ? now.value : undefined
  return (
    <main id="main" class="page" tabIndex={-1}>
      <div class="bar">
        <h1>
          Host {host && <span class="n">{host.domain}</span>}
        </h1>
        {host && (
          <span class="hint">
            Burnbox {host.version}, up {span(Date.now() - Date.parse(host.up_since))}
          </span>
        )}
      </div>
      {now.kind === 'waiting' && <Skeleton of="the host" />}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {host && (
        <>
          <Health host={host} />
          <Queue />
          <Accounts />
          <SignUp host={host} />
        </>
      )}
    </main>
  )
}
