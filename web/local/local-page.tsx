// The local inbox: what the real inbox would have received, and the companies that were answered. In local mode no mail leaves this machine.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { aliases, local as readLocal, localList as readList, type LocalMessage } from '../api.ts'
import { MessageBody } from '../holding/message-body.tsx'
import { MessageLine } from '../holding/message-line.tsx'
import { NothingOpen } from '../holding/nothing-open.tsx'
import { Panes } from '../holding/panes.tsx'
import { newAddress } from '../new-address/open.ts'
import { paged } from '../paged.ts'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { MessageSkeleton, Skeleton } from '../parts/skeleton.tsx'
import { useReading } from '../parts/use-reading.ts'
import { exact } from '../time.ts'
import { SendTest } from './send-test.tsx'

const everyMs = 4000
const localList = paged<LocalMessage>((cursor, abort) => readList(cursor, abort))

function Reader({ id }: { readonly id: string }) {
  const { state, again } = useReading((signal) => readLocal(id, signal), [id])
  const now = state.value
  if (now.kind === 'waiting') return <MessageSkeleton />
  if (now.kind === 'failed') return <Fault error={now.error} retry={again} />
  return (
    <MessageBody message={now.value} content={now.value} base={`/v1/local/${id}`} to={<bdi>{now.value.to}</bdi>}>
      <p class="r-acts hint">
        <span>
          Arrived {exact(new Date(now.value.received_at))}.{' '}
          <a href={`/v1/local/${id}/raw`} download>
            Download the original
          </a>
        </span>
      </p>
    </MessageBody>
  )
}

/** To which address: the newest ones, or make the first. */
function Test({ sent }: { readonly sent: () => void }) {
  const chosen = useSignal('')
  const { state } = useReading((signal) => aliases({ limit: 50 }, signal), [])
  const now = state.value
  const mine = now.kind === 'there' ? now.value.items.filter((alias) => !alias.system && alias.state !== 'closed') : []
  if (now.kind !== 'there') return null
  if (!mine.length)
    return (
      <button class="btn" type="button" onClick={() => newAddress('')}>
        <Icon name="plus" />
        New address
      </button>
    )
  return (
    <div class="test-to">
      <label class="field">
        <span class="field-l">A company writes to</span>
        <select
          class="input"
          value={chosen.value || mine[0]!.id}
          onChange={(event) => {
            chosen.value = event.currentTarget.value
          }}
        >
          {mine.map((alias) => (
            <option value={alias.id}>
              {alias.address}
              {alias.state === 'burned' ? ' (burned)' : ''}
            </option>
          ))}
        </select>
      </label>
      <SendTest aliasId={chosen.value || mine[0]!.id} sent={sent} />
    </div>
  )
}

function List({ openId, smtp }: { readonly openId: string | undefined; readonly smtp: string }) {
  const messages = localList.pages.value.flat()
  const standing = localList.standing.value
  return (
    <>
      <p class="hint local-why">Local mode: no mail leaves this machine. What your inbox would receive is kept here for 7 days.</p>
      <Test sent={() => void localList.start()} />
      <ul class="held-l">
        {messages.map((message) => (
          <li key={message.id}>
            <MessageLine message={message} href={`/local/${message.id}`} current={message.id === openId} />
          </li>
        ))}
      </ul>
      {standing === 'failed' && <Fault error={localList.fault.value} retry={() => void localList.start()} />}
      {!messages.length && standing === 'first' && <Skeleton of="mail" />}
      {!messages.length && standing === 'ready' && (
        <div class="empty is-small">
          <Icon name="inbox" />
          <h2>Nothing here yet</h2>
          <p>
            Send a test message, or send mail to one of your addresses by SMTP: <code>{smtp}</code>
          </p>
        </div>
      )}
      {!localList.complete.value && messages.length > 0 && (
        <button class="grp-m" type="button" onClick={() => void localList.more()}>
          Older mail
          <Icon name="down" />
        </button>
      )}
    </>
  )
}

export function LocalPage({ id, smtp }: { readonly id: string | undefined; readonly smtp: string }) {
  useEffect(() => {
    void localList.start()
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && localList.pages.value.length <= 1) void localList.start()
    }, everyMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <Panes
      title="Local inbox"
      home="/local"
      openId={id}
      list={<List openId={id} smtp={smtp} />}
      reader={id ? <Reader id={id} key={id} /> : localList.pages.value.length > 0 && <NothingOpen of="message" />}
    />
  )
}
