// Who may come: only by invitation, or whoever asks by mail.
import { useSignal } from '@preact/signals'
import { changeHost, type HostStatus } from '../api-host.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'

const ways = [
  ['invitation', 'By invitation'],
  ['open', 'Open to all'],
] as const

export function SignUp({ host }: { readonly host: HostStatus }) {
  const chosen = useSignal(host.sign_up)
  const { wrong, send } = useSending()
  const choose = (way: HostStatus['sign_up']) => {
    const before = chosen.value
    chosen.value = way
    void send(async () => {
      await changeHost({ sign_up: way })
      say(way === 'open' ? 'Whoever has a mailbox can ask for an account.' : 'Accounts are by invitation.')
    }).then((done) => {
      if (!done) chosen.value = before
    })
  }
  return (
    <section class="sec" aria-labelledby="su-h">
      <h2 id="su-h">New accounts</h2>
      <fieldset class="seg-f seg-narrow">
        <legend class="vh">New accounts</legend>
        <div class="seg">
          {ways.map(([way, words]) => (
            <label>
              <input type="radio" name="sign-up" checked={chosen.value === way} onChange={() => choose(way)} />
              <span>{words}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <p class="hint">Open: a mail with a link goes to the address that asks, so that only its owner comes in.</p>
    </section>
  )
}
