// What your answers may show, how invitations are answered, and whose mail is held at every address.
import { account } from '../account.ts'
import { Wrong } from '../parts/wrong.tsx'
import { Blocked } from './blocked.tsx'
import { CheckLine, TextLine } from './kept-lines.tsx'
import { useAccountChange } from './use-account-change.ts'

export function Replies() {
  // One for each: leaving the name by a click on a box changes both.
  const [naming, sharing, inviting] = [useAccountChange(), useAccountChange(), useAccountChange()]
  const wrong = naming.wrong.value ?? sharing.wrong.value ?? inviting.wrong.value
  const me = account.value
  if (!me) return null
  return (
    <section class="set" id="replies" aria-labelledby="re-h">
      <h2 id="re-h">Replies</h2>
      <p class="prose">
        Each answer is searched before it leaves: for your inboxes, your sign-in address, keys and signatures with them. What cannot be replaced waits
        in Holding, and you decide. At most {me.limits.replies_hourly.toLocaleString('en')} leave in an hour.
      </p>
      {wrong && <Wrong>{wrong}</Wrong>}
      <ul class="lines">
        <TextLine
          id="real-name"
          words="Your real name"
          hint="Never lets it leave: an answer with it is held. Empty: it is not looked for"
          value={me.real_name ?? ''}
          most={100}
          keep={(name) => naming.change({ real_name: name || null }, name ? 'Your name is looked for.' : 'No name is looked for.')}
        />
        <CheckLine
          words="Show the household who answered"
          hint="Where an address has several inboxes, the others may see which of them answered"
          on={me.share_answers}
          turn={(on) =>
            sharing.change({ share_answers: on }, on ? 'The inboxes of an address see who answered.' : 'Nobody sees which inbox answered.')
          }
        />
        <CheckLine
          words="Answer invitations as the address"
          hint={
            <>
              Accepting one tells its organizer your real address. With this the calendar in it is changed on its way to you, so that your answer goes
              through here. Signed and encrypted ones stay as they are
            </>
          }
          on={me.rewrite_invitations}
          turn={(on) =>
            inviting.change({ rewrite_invitations: on }, on ? 'Invitations are answered as the address.' : 'Invitations arrive as they were sent.')
          }
        />
      </ul>
      <Blocked />
    </section>
  )
}
