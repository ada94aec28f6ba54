// What an inbox needs to be believed: a secret, where its provider signs nothing (flow/reply-secret).
import { inboxByUuid, setReplySecret, type Inbox } from '../store/inboxes.ts'
import type { Host } from './host.ts'
import { notFound } from './problem.ts'

const SECRET_OCTETS = 16

export const changeInbox = async (
  host: Host, change: { readonly accountId: string; readonly uuid: string; readonly replySecret: boolean | undefined },
): Promise<Inbox> => {
  const inbox = await inboxByUuid(host.db, change.accountId, change.uuid)
  if (!inbox) throw notFound('inbox')
  if (change.replySecret === undefined) return inbox
  await setReplySecret(host.db, inbox.id, change.replySecret ? Buffer.from(host.random(SECRET_OCTETS)) : null)
  return { ...inbox, hasReplySecret: change.replySecret }
}
