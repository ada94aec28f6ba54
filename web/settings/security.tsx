// Security: how one signs in, and where one is signed in.
import { security as readSecurity } from '../api-sign-in.ts'
import { Read } from '../parts/read.tsx'
import { useReading } from '../parts/use-reading.ts'
import { dayOf } from '../time.ts'
import { CodesLine } from './codes-line.tsx'
import { EmailLine } from './email-line.tsx'
import { PasskeyLines } from './passkey-lines.tsx'
import { PasswordLine } from './password-line.tsx'
import { SessionLines } from './session-lines.tsx'

export function SecuritySettings() {
  const reading = useReading((signal) => readSecurity(signal), [])
  const { again } = reading
  return (
    <section class="set" id="security" aria-labelledby="se-h">
      <h2 id="se-h">Security</h2>
      <Read of="security" reading={reading}>
        {({ email, passkeys, has_password: hasPassword, password_changed_at: changedAt, two_factor: twoFactor }) => (
          <ul class="lines">
            <EmailLine email={email} hasPassword={hasPassword} changed={again} />
            <PasskeyLines passkeys={passkeys} hasPassword={hasPassword} changed={again} />
            <PasswordLine isSet={hasPassword} email={email} since={changedAt && dayOf(new Date(changedAt))} changed={again} />
            {hasPassword && <CodesLine on={twoFactor} changed={again} />}
            <SessionLines />
          </ul>
        )}
      </Read>
    </section>
  )
}
