// A message to read: its head, then what can be done, then the sealed frame. The same for held mail and for the local inbox.
import type { ComponentChildren } from 'preact'
import type { Content, Message } from '../api.ts'
import { senderOf } from '../name-of.ts'
import { Icon } from '../parts/icon.tsx'
import { Invites } from './invites.tsx'
import { Attachments } from './attachments.tsx'
import { SealedFrame } from './sealed-frame.tsx'

type Props = {
  readonly message: Message
  readonly content: Content
  readonly base: string
  readonly to: ComponentChildren
  readonly children?: ComponentChildren
}

const CannotBeShown = ({ raw, why }: { readonly raw: string; readonly why: string | null }) => (
  <div class="alert is-plain">
    <Icon name="info" />
    <div>
      <h3>This message can’t be shown</h3>
      <p>{why ?? 'Its form is damaged.'} The original is complete.</p>
    </div>
    <div class="actions">
      <a class="btn" href={raw} download>
        <Icon name="download" />
        Download the original
      </a>
    </div>
  </div>
)

export function MessageBody({ message, content, base, to, children }: Props) {
  const from = senderOf(message.from)
  return (
    <>
      <header class="r-head">
        <h2 id="r-h">
          <bdi>{message.subject || 'no subject'}</bdi>
        </h2>
        <dl class="r-meta">
          <div>
            <dt>From</dt>
            <dd>
              <b>
                <bdi>{from.name || 'no sender'}</bdi>
              </b>{' '}
              {from.address && <bdi class="soft r-addr">{from.address}</bdi>}
            </dd>
          </div>
          <div>
            <dt>To</dt>
            <dd>{to}</dd>
          </div>
        </dl>
      </header>
      {content.invites.length > 0 && <Invites of={content.invites} />}
      {children}
      {content.shown ? (
        <SealedFrame src={`${base}/view`} title={`Message: ${message.subject || 'no subject'}`} remote={content.remote} />
      ) : (
        <CannotBeShown raw={`${base}/raw`} why={content.why} />
      )}
      <Attachments of={base} attachments={content.attachments} />
    </>
  )
}
