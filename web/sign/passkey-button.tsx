// Sign in with a passkey: by the button, or from the list that the browser offers under the e-mail field.
import { useEffect, useRef } from 'preact/hooks'
import { passkeyQuestion, signInByPasskey } from '../api-sign-in.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { findOutWho } from '../session.ts'
import { canPasskeys, usePasskey } from './passkeys.ts'

export function PasskeyButton() {
  const { busy, wrong, send } = useSending()
  const waiting = useRef<AbortController>(undefined)
  useEffect(() => {
    const ends = (waiting.current = new AbortController())
    void offer(ends.signal)
    return () => ends.abort()
  }, [])
  if (!canPasskeys()) return null
  const ask = async () => {
    waiting.current?.abort()
    if (await send(async () => signInByPasskey(await usePasskey(await passkeyQuestion())))) await findOutWho()
  }
  return (
    <>
      <BusyButton busy={busy.value} class="btn" onClick={() => void ask()}>
        <Icon name="key" />
        Sign in with a passkey
      </BusyButton>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
    </>
  )
}

/** Quiet: who has no passkey, or leaves the list alone, hears nothing of it. */
async function offer(until: AbortSignal) {
  try {
    if (!canPasskeys() || !(await PublicKeyCredential.isConditionalMediationAvailable())) return
    const question = await passkeyQuestion()
    if (until.aborted) return
    await signInByPasskey(await usePasskey(question, until))
    await findOutWho()
  } catch {
    // The password is there all the same.
  }
}
