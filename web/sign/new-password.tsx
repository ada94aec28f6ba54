// A field for a new password: how long it must be, and how hard it is to guess while one types.
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { strengthOf } from './password-strength.ts'

export const leastPassword = 10

/** Why it cannot be used, or nothing. */
export const tooShort = (password: string) =>
  password.length < leastPassword ? `The password needs at least ${leastPassword} characters. This one has ${password.length}.` : undefined

type Props = { readonly words: string; readonly own?: readonly string[]; readonly name?: string }

export function NewPassword({ words, own = [], name = 'password' }: Props) {
  const id = useId()
  const typed = useSignal('')
  const now = typed.value.length >= leastPassword ? strengthOf(typed.value, own) : undefined
  return (
    <div class="field">
      <label class="field-l" for={id}>
        {words}
      </label>
      <input
        class="input"
        id={id}
        type="password"
        name={name}
        autocomplete="new-password"
        aria-describedby={`${id}-h`}
        onInput={(event) => {
          typed.value = event.currentTarget.value
        }}
      />
      <span class="hint strength" id={`${id}-h`} data-level={now?.level}>
        {now ? now.words : `At least ${leastPassword} characters. A few words do well.`}
      </span>
    </div>
  )
}
