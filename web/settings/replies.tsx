// What your answers may show, how invitations are answered, and whose mail is held at every address.
import { account, refreshAccount } from '../account.ts'
import { changeMe } from '../api.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { Blocked } from './blocked.tsx'

type Change = Parameters<typeof changeMe>[0]

export function Replies() {
  // One for each: leaving the name by a click on a box changes both.
  const [naming, sharing, inviting] = [useSending(), useSending(), useSending()]
  const wrong = naming.wrong.value ?? sharing.wrong.value ?? inviting.wrong.value
  const me = account.value
  if (!me) return null
  const change = ({ send }: typeof naming, part: Change, words: string) =>
    void send(async () => {
      account.value = await changeMe(part)
      say(words)
    }).then((done) => {
      if (!done) refreshAccount()
    })
  return (
    <section class="set" id="replies" aria-labelledby="re-h">
      <h2 id="re-h">Replies</h2>
      <p class="prose">
        Each answer is searched before it leaves: for your inboxes, your sign-in address, keys and signatures with them. What cannot be replaced waits
        in Holding, and you decide. At most {me.limits.replies_hourly.toLocaleString('en')} leave in an hour.
      </p>
      {wrong && <Wrong>{wrong}</Wrong>}
      <ul class="lines">
        <li class="ln">
          <label class="ln-m" for="real-name">
            <b>Your real name</b>
            <span class="hint">Never lets it leave: an answer with it is held. Empty: it is not looked for</span>
          </label>
          <span class="ln-a ln-in">
            <input
              class="input"
              id="real-name"
              maxLength={100}
              autocomplete="off"
              defaultValue={me.real_name ?? ''}
              onBlur={(event) => {
                const name = event.currentTarget.value.trim()
                if (name !== (me.real_name ?? '')) change(naming, { real_name: name || null }, name ? 'Your name is looked for.' : 'No name is looked for.')
              }}
            />
          </span>
        </li>
        <li class="ln">
          <label class="check ln-m">
            <input
              type="checkbox"
              checked={me.share_answers}
              onChange={(event) => {
                const shared = event.currentTarget.checked
                change(sharing, { share_answers: shared }, shared ? 'The inboxes of an address see who answered.' : 'Nobody sees which inbox answered.')
              }}
            />
            <span>
              <b>Show the household who answered</b>
              <span class="hint">Where an address has several inboxes, the others may see which of them answered</span>
            </span>
          </label>
        </li>
        <li class="ln">
          <label class="check ln-m">
            <input
              type="checkbox"
              checked={me.rewrite_invitations}
              onChange={(event) => {
                const rewritten = event.currentTarget.checked
                const words = rewritten ? 'Invitations are answered as the address.' : 'Invitations arrive as they were sent.'
                change(inviting, { rewrite_invitations: rewritten }, words)
              }}
            />
            <span>
              <b>Answer invitations as the address</b>
              <span class="hint">
                Accepting one tells its organizer your real address. With this the calendar in it is changed on its way to you, so that your answer goes
                through here. Signed and encrypted ones stay as they are
              </span>
            </span>
          </label>
        </li>
      </ul>
      <Blocked />
    </section>
  )
}
