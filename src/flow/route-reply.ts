// RCPT of a reply: from a reverse alias to who is behind it.

import { domainOf, localPartOf, type Mailbox } from '../mail/address.ts'
import { isReverseLocalPart, splitReverse } from '../mail/reverse-alias.ts'
import type { Reply } from '../policy/decide.ts'
import { findReverseAliases } from '../store/reverse-aliases.ts'
import type { Host } from './host.ts'
import { isOurDomain } from './reply-names.ts'

/** Who may write through it is asked when the message is there: its author counts as well as its envelope. Undefined: there is no such one. */
export const routeReply = async (host: Host, forwardPath: Mailbox): Promise<Reply | undefined> => {
  const localPart = localPartOf(forwardPath).toLowerCase()
  const [to] = isReverseLocalPart(localPart) ? await findReverseAliases(host.db, host.keys, [splitReverse(localPart).base]) : []
  const alias = to && await host.routes.byId(to.aliasId)
  return alias && isOurDomain(host, alias, domainOf(forwardPath)) ? { kind: 'reply', alias, to, localPart } : undefined
}
