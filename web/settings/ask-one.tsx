// One field, a password or a code, and one button.
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Refused } from '../refused.ts'

type Props = {
  readonly words: string
  readonly field: 'password' | 'code'
  readonly button: string
  readonly does: (typed: string) => Promise<void>
}

export function AskOne({ words, field, button, does }: Props) {
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
