// Where mail really goes: added, verified, made the default, removed.
import { useSignal } from '@preact/signals'
import { changeMe, inboxes as readInboxes, me as readMe, type Inbox } from '../api.ts'
import { Read } from '../parts/read.tsx'
import { useOpen } from '../parts/use-open.ts'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { AddInbox } from './add-inbox.tsx'
import { InboxLine } from './inbox-line.tsx'
import { CheckLine } from './kept-lines.tsx'
import { RemoveInbox } from './remove-inbox.tsx'
import { ReplySecret } from './reply-secret.tsx'
import { SetSection } from './set-section.tsx'

export function Inboxes() {
  const adding = useOpen()
  const removing = useSignal<Inbox | undefined>(undefined)
  const secret = useSignal<Inbox | undefined>(undefined)
  const { wrong, send } = useSending()
  const reading = useReading(async (signal) => {
    const [list, me] = await Promise.all([readInboxes(signal), readMe(signal)])
    return { inboxes: list.items, usual: me.default_inbox_id, notices: me.notices }
  }, [])
  const { again } = reading
  const now = reading.state.value
  const makeDefault = (inbox: Inbox) =>
    void send(async () => {
      await changeMe({ default_inbox_id: inbox.id })
      say(`${inbox.address} is the default inbox.`)
      again()
    })
  const tell = (notices: boolean) =>
    void send(async () => {
      await changeMe({ notices })
      again()
    })
  return (
    <SetSection id="inboxes" title="Inboxes" add={!adding.open && { words: 'Add an inbox', do: adding.show }}>
      <p class="prose">Where your mail really goes. No company ever sees one.</p>
      {adding.open && <AddInbox added={again} close={adding.close} />}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      <Read of="inboxes" reading={reading}>
        {({ inboxes, usual, notices }) => (
          <ul class="lines">
            {inboxes.map((inbox) => (
              <InboxLine
                key={inbox.id}
                inbox={inbox}
                isDefault={inbox.id === usual}
                makeDefault={() => makeDefault(inbox)}
                verified={again}
                secret={() => {
                  secret.value = inbox
                }}
                remove={() => {
                  removing.value = inbox
                }}
              />
            ))}
            <CheckLine
              words="Tell me by mail"
              hint="when an inbox refuses mail, once a day at most, and never to the one that refuses"
              on={notices}
              turn={tell}
            />
          </ul>
        )}
      </Read>
      {secret.value && (
        <ReplySecret
          inbox={secret.value}
          changed={again}
          close={() => {
            secret.value = undefined
          }}
        />
      )}
      {removing.value && now.kind === 'there' && (
        <RemoveInbox
          inbox={removing.value}
          others={now.value.inboxes.filter((each) => each.id !== removing.value?.id && each.verified)}
          removed={again}
          close={() => {
            removing.value = undefined
          }}
        />
      )}
    </SetSection>
  )
}
