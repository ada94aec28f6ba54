// The header of a forward with what its owner asked to see in it. Judged anew at each attempt: the owner may have said since whose mail it is.

import { soleFrom } from '../mail/from.ts'
import type { Field } from '../mail/header.ts'
import type { AliasFact } from '../policy/decide.ts'
import { markStranger } from '../policy/mark-stranger.ts'
import type { MessageFacts } from '../store/messages.ts'
import type { Host } from './host.ts'
import { isStrangerTo, judgedAuthor } from './owners-rules.ts'

/** @param fields of the message as it came  @param header of the forward, without the empty line */
export const withOwnersFields = (host: Host, alias: AliasFact, message: MessageFacts, fields: readonly Field[], header: Buffer): Buffer => {
  const from = soleFrom(fields)
  const author = from && judgedAuthor(host, from.mailbox, message)
  if (!author || alias.rules?.strangers === 'silent' || !isStrangerTo(alias, author)) return header
  return markStranger(header, author, alias.rules?.strangerSubject ?? null)
}
