// A household that wants it (`share_answers`): the other inboxes of an alias get what one of them answered, and hear which one it was.

import { displayName } from '../policy/display-name.ts'
import type { CorrespondentFact } from '../policy/decide.ts'
import type { Host } from './host.ts'
import type { LeavingReply } from './leaving-reply.ts'
import { wholeOf } from './record-report.ts'
import { tellAccount } from './tell-account.ts'

/** What is larger is told of, without it: the copy lies in memory as it is made. */
const MOST_OCTETS = 1024 * 1024

/** Never rejects: the answer is on its way, whatever becomes of the word about it. */
export const shareAnswer = async (host: Host, { alias, inbox, message, content }: LeavingReply, to: readonly CorrespondentFact[]): Promise<void> => {
  const others = alias.inboxes.filter(({ id, verified }) => verified && id !== inbox?.id)
  if (!inbox || others.length === 0) return
  const names = to.map(({ name, address }) => displayName(name, address)).join(', ')
  const small = content.size <= MOST_OCTETS
  await tellAccount(host, alias.accountId, {
    subject: `Answered from ${alias.address}: ${message.subject}`,
    paragraphs: [
      `${inbox.address} answered ${names} from ${alias.address}.`,
      small ? 'What was written is attached. Answer the message that you have of them, not the attachment.' : 'What was written is too large to be attached.',
    ],
    ...(small && { attached: await wholeOf({ content }) }),
  }, others.map(({ id, address }) => ({ to: address, inboxId: id }))).catch((error: unknown) => {
    host.log.error({ err: error }, 'an answer could not be shared')
  })
}
