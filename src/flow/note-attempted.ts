// Somebody wrote to a reverse alias who may not: its owner sees who tried, from where and with what proof. Of the content nothing is kept.

import { readable } from '../mail/encoded-word.ts'
import { fieldsNamed, fieldsOf, valueOf } from '../mail/header.ts'
import type { Reply, WriteRequest } from '../policy/decide.ts'
import type { PermissionRefusal } from '../policy/reply-permission.ts'
import { reversePathOf } from './authenticate.ts'
import type { Host } from './host.ts'
import type { Incoming } from './incoming.ts'

const CLIP_CHARACTERS = 500

export const noteAttempted = (host: Host, incoming: Incoming<Reply | WriteRequest>, reason: PermissionRefusal, checks: string | null): void => {
  // It comes again, and is said then.
  if (reason === 'dns-trouble') return
  const [{ alias }] = incoming.routes
  const [from] = fieldsNamed(fieldsOf(incoming.content.header), 'from')
  const to = incoming.routes.map((route) => (
    route.kind === 'reply' ? `${route.to.reverseLocalPart}@${host.domain}` : `${alias.address}, for ${route.address}`)).join(', ')
  host.recorder.note({
    at: host.clock.now(), accountId: alias.accountId, aliasId: alias.id, aliasAddress: alias.address, kind: 'refused', reason,
    sender: from ? readable(valueOf(from), CLIP_CHARACTERS) : null, size: incoming.content.size, checks,
    reply: readable(`${incoming.helo} [${incoming.clientIp}], envelope from <${reversePathOf(incoming)}> to ${to}`, CLIP_CHARACTERS),
  })
}
