// The second step of a sign-in: six digits from an app, or one of the recovery codes.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { signInByCode, signInByRecoveryCode } from '../api-sign-in.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Field } from '../parts/field.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Refused } from '../refused.ts'
import { findOutWho } from '../session.ts'
import { SignFrame } from './sign-frame.tsx'

const digits = 6

export function CodeStep() {
  const { busy, wrong, send } = useSending()
  const recovering = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    form.current?.querySelector('input')?.focus()
  }, [recovering.value])
  async function submit(event: SubmitEvent) {
    event.preventDefault()
    const code = String(new FormData(form.current!).get('code') ?? '').replaceAll(/\s/g, '')
    const done = await send(async () => {
      if (!recovering.value && code.length !== digits) throw new Error(`The code has ${digits} digits. This one has ${code.length}.`)
      try {
        await (recovering.value ? signInByRecoveryCode(code) : signInByCode(code))
      } catch (error) {
        if (error instanceof Refused && error.status === 429) throw new Error('Too many tries. Wait a minute, then try again.', { cause: error })
        if (error instanceof Refused && error.status < 500) throw new Error('This code is not right, or it was used already.', { cause: error })
        throw error
      }
    })
    if (done) await findOutWho()
  }
  return (
    <SignFrame head={recovering.value ? 'One of your recovery codes' : 'The code from your app'}>
      <form class="stack" ref={form} onSubmit={submit} noValidate key={String(recovering.value)}>
        <Field
          words={recovering.value ? 'Recovery code' : 'Code'}
          name="code"
          autocomplete="one-time-code"
          autocapitalize="none"
          spellcheck={false}
          inputMode={recovering.value ? 'text' : 'numeric'}
          hint={recovering.value ? 'Each works once.' : 'It changes every 30 seconds.'}
          wrong={wrong.value}
        />
        <BusyButton busy={busy.value} class="btn btn-primary btn-wide btn-tall">
          Sign in
        </BusyButton>
        <p>
          <button
            class="link"
            type="button"
            onClick={() => {
              wrong.value = undefined
              recovering.value = !recovering.value
            }}
          >
            {recovering.value ? 'Use the code from the app' : 'Use a recovery code'}
          </button>
        </p>
      </form>
    </SignFrame>
  )
}
