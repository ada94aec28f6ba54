// The header of a forward with what its owner asked to see in it. Judged anew at each attempt: the owner may have said since whose mail it is.

import { domainOf, lowerCased } from '../mail/address.ts'
import { soleFrom } from '../mail/from.ts'
import type { Field } from '../mail/header.ts'
import { withBurnFields } from '../policy/burn-fields.ts'
import type { AliasFact } from '../policy/decide.ts'
import { markStranger } from '../policy/mark-stranger.ts'
import { organisationOf } from '../policy/organisation.ts'
import type { MessageFacts } from '../store/messages.ts'
import { burnButton, type NamedDelivery } from './burn-link.ts'
import type { Host } from './host.ts'
import { isStrangerTo, judgedAuthor } from './owners-rules.ts'

/** @param fields of the message as it came  @param header of the forward, without the empty line */
export const withOwnersFields = (
  host: Host, alias: AliasFact, delivery: NamedDelivery, message: MessageFacts, fields: readonly Field[], header: Buffer,
): Buffer => {
  const from = soleFrom(fields)
  const organisation = from ? organisationOf(domainOf(lowerCased(from.mailbox))) : ''
  const isBurnable = alias.rules !== undefined && alias.rules.strangers !== undefined
  const withButton = isBurnable ? withBurnFields(header, alias.rules!.burnLink, burnButton(host, delivery, organisation)) : header
  return withMark(host, alias, message, from, withButton)
}

const withMark = (host: Host, alias: AliasFact, message: MessageFacts, from: ReturnType<typeof soleFrom>, header: Buffer): Buffer => {
  const author = from && judgedAuthor(host, from.mailbox, message)
  if (!author || alias.rules?.strangers === 'silent' || !isStrangerTo(alias, author)) return header
  return markStranger(header, author, alias.rules?.strangerSubject ?? null)
}
