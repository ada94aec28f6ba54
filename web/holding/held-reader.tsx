// One held message: why it is here, what it says, and what can be done with it.
import { useEffect } from 'preact/hooks'
import { held as readHeld, alias as readAlias, type Held } from '../api.ts'
import { refreshAccount } from '../account.ts'
import { keep, knownAlias } from '../alias-store.ts'
import { AddressText } from '../parts/address-text.tsx'
import { Fault } from '../parts/fault.tsx'
import { Icon } from '../parts/icon.tsx'
import { Sees } from '../parts/sees.tsx'
import { MessageSkeleton } from '../parts/skeleton.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { useReading } from '../parts/use-reading.ts'
import { dayOf, exact } from '../time.ts'
import { Finds } from './finds.tsx'
import { HeldActions } from './held-actions.tsx'
import { readNow } from './held-list.ts'
import { HeldReplyActions } from './held-reply-actions.tsx'
import { checksOf, whyDetail, whyIcon, whySentence } from './held-why.ts'
import { MessageBody } from './message-body.tsx'

const minuteMs = 60_000
/** Worth a word only when it waited in the queue before it was held. */
const heldLater = (message: Held) => Date.parse(message.held_at) - Date.parse(message.received_at) > minuteMs

export function HeldReader({ id, gone }: { readonly id: string; readonly gone: () => void }) {
  const { state, again } = useReading(
    async (signal) => {
      const message = await readHeld(id, signal)
      if (!knownAlias(message.alias_id)) keep(await readAlias(message.alias_id, signal))
      return message
    },
    [id],
  )
  const now = state.value
  useEffect(() => {
    if (now.kind !== 'there') return
    readNow.value = new Set(readNow.value).add(id)
    refreshAccount(300)
  }, [now.kind, id])
  if (now.kind === 'waiting') return <MessageSkeleton />
  if (now.kind === 'failed') return <Fault error={now.error} retry={again} />
  const message = now.value
  const alias = knownAlias(message.alias_id)?.value
  const isReply = message.direction === 'out'
  const detail = isReply ? '' : whyDetail(message.reason, message.reason_text)
  const notSent = message.reason === 'would-reveal' ? 'Not sent. ' : ''
  const why = isReply ? `${notSent}${message.reason_text}` : whySentence(message.reason, message.reason_text)
  return (
    <>
      <div class="alert is-plain why">
        <Icon name={whyIcon(message.reason)} />
        <div>
          <p>
            <b>{why}</b> {!isReply && <Sees state="burned" />}
          </p>
          {message.finds.length > 0 && <Finds finds={message.finds} />}
          {detail && (
            <p class="r-said">
              <code>{detail}</code>
            </p>
          )}
          <p class="hint">
            {isReply ? 'Written' : 'Received'} {exact(new Date(message.received_at))}.
            {heldLater(message) && ` Held since ${exact(new Date(message.held_at))}.`} Kept
            until {dayOf(new Date(message.expires_at))}.
          </p>
          {message.spam_score !== null && <p class="hint">The spam filter gave it {message.spam_score.toLocaleString('en')} points.</p>}
          {message.authentication && (
            <p class="hint r-said">
              Is it really from there? <code>{checksOf(message.authentication)}</code>
            </p>
          )}
        </div>
      </div>
      <MessageBody
        message={message}
        content={message}
        base={`/v1/held/${id}`}
        to={
          isReply ? (
            <bdi class="r-addr">{message.to || 'their address'}</bdi>
          ) : (
            <>
              <AddressText address={message.alias} /> {alias && <StateMark state={alias.state} />}
            </>
          )
        }
      >
        {isReply ? <HeldReplyActions message={message} alias={alias} gone={gone} /> : <HeldActions message={message} alias={alias} gone={gone} />}
      </MessageBody>
    </>
  )
}
