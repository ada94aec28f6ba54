// A code from an app, asked after the password: set up with the password, proved by a first code, and with recovery codes for the day when
// the phone is gone.
import { useSignal } from '@preact/signals'
import { beginCodes, endCodes, newRecoveryCodes, signInByCode, type Codes } from '../api.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { CopyButton } from '../parts/copy.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Refused } from '../refused.ts'
import { say } from '../say.ts'
import { OpenButton, SettingsLine } from './settings-line.tsx'

type Props = { readonly on: boolean; readonly changed: () => void }
type FormProps = { readonly words: string; readonly field: 'password' | 'code'; readonly button: string; readonly does: (typed: string) => Promise<void> }

/** One field and one button. */
function AskOne({ words, field, button, does }: FormProps) {
  const { busy, wrong, send } = useSending()
  return (
    <form
      class="code"
      onSubmit={(event) => {
        event.preventDefault()
        const typed = String(new FormData(event.currentTarget as HTMLFormElement).get(field) ?? '')
        void send(async () => {
          try {
            await does(field === 'code' ? typed.replaceAll(/\s/g, '') : typed)
          } catch (error) {
            if (error instanceof Refused && error.status >= 400 && error.status < 429)
              throw new Error(field === 'code' ? 'This code is not right. Wait for the next one.' : 'This is not your password.', { cause: error })
            throw error
          }
        })
      }}
      noValidate
    >
      {field === 'password' ? (
        <Field words={words} name={field} type="password" autocomplete="current-password" wrong={wrong.value} />
      ) : (
        <Field words={words} name={field} inputMode="numeric" autocomplete="one-time-code" wrong={wrong.value} />
      )}
      <BusyButton busy={busy.value}>{button}</BusyButton>
    </form>
  )
}

const RecoveryCodes = ({ codes }: { readonly codes: readonly string[] }) => (
  <div class="once" role="group" aria-label="Recovery codes">
    <p>
      <b>Recovery codes.</b> Keep them where your phone is not. Each works once, and they are shown only now.
    </p>
    <p class="once-t">
      <code class="codes" tabIndex={0}>
        {codes.join(' ')}
      </code>
      <CopyButton text={codes.join('\n')} />
    </p>
  </div>
)

/** The secret in groups of four, as people type it. */
const secretOf = (uri: string) => (new URL(uri).searchParams.get('secret') ?? '').replaceAll(/(.{4})/g, '$1 ').trim()

const Prove = ({ codes, proved }: { readonly codes: Codes; readonly proved: () => void }) => (
  <>
    <p class="prose">
      Add this key to your app, as a time-based code. On the phone itself: <a href={codes.totpURI}>open it in the app</a>.
    </p>
    <p class="once-t">
      <code tabIndex={0}>{secretOf(codes.totpURI)}</code>
      <CopyButton text={secretOf(codes.totpURI).replaceAll(' ', '')} />
    </p>
    <AskOne
      words="The code that the app shows"
      field="code"
      button="Switch it on"
      does={async (code) => {
        await signInByCode(code)
        say('A code is asked after the password from now on.')
        proved()
      }}
    />
  </>
)

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
            <Prove
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
