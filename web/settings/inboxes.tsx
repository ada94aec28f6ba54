// Where mail really goes: added, verified, made the default, removed.
import { useSignal } from '@preact/signals'
import { changeMe, inboxes as readInboxes, me as readMe, type Inbox } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { useSending } from '../parts/use-sending.ts'
import { Wrong } from '../parts/wrong.tsx'
import { say } from '../say.ts'
import { AddInbox } from './add-inbox.tsx'
import { InboxLine } from './inbox-line.tsx'
import { RemoveInbox } from './remove-inbox.tsx'
import { ReplySecret } from './reply-secret.tsx'

export function Inboxes() {
  const adding = useSignal(false)
  const removing = useSignal<Inbox | undefined>(undefined)
  const secret = useSignal<Inbox | undefined>(undefined)
  const { wrong, send } = useSending()
  const { state, again } = useReading(async (signal) => {
    const [list, me] = await Promise.all([readInboxes(signal), readMe(signal)])
    return { inboxes: list.items, usual: me.default_inbox_id, notices: me.notices }
  }, [])
  const now = state.value
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
    <section class="set" id="inboxes" aria-labelledby="in-h">
      <div class="sec-h">
        <h2 id="in-h">Inboxes</h2>
        {!adding.value && (
          <button
            class="btn"
            type="button"
            onClick={() => {
              adding.value = true
            }}
          >
            <Icon name="plus" />
            Add an inbox
          </button>
        )}
      </div>
      <p class="prose">Where your mail really goes. No company ever sees one.</p>
      {adding.value && (
        <AddInbox
          added={again}
          close={() => {
            adding.value = false
          }}
        />
      )}
      {now.kind === 'waiting' && <Skeleton of="inboxes" />}
      {now.kind === 'failed' && <Fault error={now.error} retry={again} />}
      {wrong.value && <Wrong>{wrong.value}</Wrong>}
      {now.kind === 'there' && (
        <ul class="lines">
          {now.value.inboxes.map((inbox) => (
            <InboxLine
              key={inbox.id}
              inbox={inbox}
              isDefault={inbox.id === now.value.usual}
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
          <li class="ln">
            <label class="check ln-m">
              <input type="checkbox" checked={now.value.notices} onChange={(event) => tell(event.currentTarget.checked)} />
              <span>
                <b>Tell me by mail</b>
                <span class="hint">when an inbox refuses mail, once a day at most, and never to the one that refuses</span>
              </span>
            </label>
          </li>
        </ul>
      )}
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
    </section>
  )
}
