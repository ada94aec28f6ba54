// Security: how one signs in, and where one is signed in.
import { security as readSecurity } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { dayOf } from '../time.ts'
import { CodesLine } from './codes-line.tsx'
import { EmailLine } from './email-line.tsx'
import { PasskeyLines } from './passkey-lines.tsx'
import { PasswordLine } from './password-line.tsx'
import { SessionLines } from './session-lines.tsx'

export function SecuritySettings() {
  const { state, again } = useReading((signal) => readSecurity(signal), [])
  const now = state.value
  return (
    <section class="set" id="security" aria-labelledby="se-h">
      <h2 id="se-h">Security</h2>
      {now.kind === 'waiting' && <Skeleton of="security" />}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {now.kind === 'there' && (
        <ul class="lines">
          <EmailLine email={now.value.email} hasPassword={now.value.has_password} changed={again} />
          <PasskeyLines passkeys={now.value.passkeys} hasPassword={now.value.has_password} changed={again} />
          <PasswordLine
            isSet={now.value.has_password}
            email={now.value.email}
            since={now.value.password_changed_at && dayOf(new Date(now.value.password_changed_at))}
            changed={again}
          />
          {now.value.has_password && <CodesLine on={now.value.two_factor} changed={again} />}
          <SessionLines />
        </ul>
      )}
    </section>
  )
}
