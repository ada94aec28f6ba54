// One message of a list: from whom, about what, when. Unread by a dot and its weight.
import type { Message } from '../api.ts'
import { senderOf } from '../name-of.ts'
import { When } from '../parts/when.tsx'
import { mailTime } from '../time.ts'

type Props = {
  readonly message: Message & { readonly read_at?: string | null; readonly reason?: string; readonly reason_text?: string; readonly direction?: 'in' | 'out' }
  readonly href: string
  readonly current?: boolean
}

export function MessageLine({ message, href, current = false }: Props) {
  const unread = message.read_at === null
  const said = message.reason && message.reason !== 'burned' ? message.reason_text : ''
  return (
    <a class={unread ? 'msg is-unread' : 'msg'} href={href} data-id={message.id} aria-current={current ? 'true' : undefined}>
      <span class="msg-f">
        {message.direction === 'out' ? 'Your reply' : <bdi>{senderOf(message.from).name || 'no sender'}</bdi>}
        {unread && <span class="vh">, unread</span>}
      </span>
      <When at={message.received_at} form={mailTime} />
      <span class="msg-s">
        <bdi>{message.subject || 'no subject'}</bdi>
      </span>
      {said && <span class="msg-w">{said}</span>}
    </a>
  )
}
