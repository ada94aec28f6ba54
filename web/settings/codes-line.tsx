// A code from an app, asked after the password: set up with the password, proved by a first code, and with recovery codes for the day when
// the phone is gone.
import { useSignal } from '@preact/signals'
import { beginCodes, endCodes, newRecoveryCodes, type Codes } from '../api-sign-in.ts'
import { say } from '../say.ts'
import { AskOne } from './ask-one.tsx'
import { ProveCode } from './prove-code.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { OpenButton, SettingsLine } from './settings-line.tsx'

type Props = { readonly on: boolean; readonly changed: () => void }
export function CodesLine({ on, changed }: Props) {
  const open = useSignal(false)
  const codes = useSignal<Codes | undefined>(undefined)
  const proved = useSignal(false)
  const close = () => {
    open.value = false
    codes.value = undefined
    proved.value = false
    changed()
  }
  return (
    <SettingsLine
      name="Code from an app"
      hint="Asked after the password"
      state={on ? 'On' : 'Off'}
      action={
        <OpenButton
          open={open.value}
          words={on ? 'Change' : 'Set up'}
          label={`${open.value ? 'Close' : on ? 'Change' : 'Set up'} the code from an app`}
          toggle={() => (open.value ? close() : (open.value = true))}
        />
      }
    >
      {open.value && (
        <div class="stack ln-f">
          {proved.value && codes.value && <RecoveryCodes codes={codes.value.backupCodes} />}
          {!proved.value && codes.value && (
            <ProveCode
              codes={codes.value}
              proved={() => {
                proved.value = true
              }}
            />
          )}
          {!codes.value && !on && (
            <AskOne
              words="Your password"
              field="password"
              button="Go on"
              does={async (password) => {
                codes.value = await beginCodes(password)
              }}
            />
          )}
          {!codes.value && on && (
            <>
              <AskOne
                words="Your password, for new recovery codes"
                field="password"
                button="New recovery codes"
                does={async (password) => {
                  codes.value = { totpURI: '', backupCodes: await newRecoveryCodes(password) }
                  proved.value = true
                }}
              />
              <AskOne
                words="Your password, to switch the code off"
                field="password"
                button="Switch it off"
                does={async (password) => {
                  await endCodes(password)
                  say('No code is asked any more.')
                  close()
                }}
              />
            </>
          )}
        </div>
      )}
    </SettingsLine>
  )
}
