// DATA: which journey a message takes. Its recipients are of one kind (route-recipient).

import type { Route } from '../policy/decide.ts'
import { acceptMessage } from './accept-message.ts'
import { acceptReply } from './accept-reply.ts'
import { acceptWriteRequest } from './accept-write-request.ts'
import { acceptReports } from './accept-reports.ts'
import type { Host } from './host.ts'
import type { Acceptance, Incoming } from './incoming.ts'

/** Throws when the store is away: nothing is promised then. */
export const accept = (host: Host, incoming: Incoming): Promise<Acceptance> => {
  switch (incoming.routes[0].kind) {
    case 'forward': case 'hold': case 'make-up': return acceptMessage(host, only(incoming, 'forward', 'hold', 'make-up'))
    case 'report': case 'reply-report': return acceptReports(host, only(incoming, 'report', 'reply-report'))
    case 'write-request': return acceptWriteRequest(host, only(incoming, 'write-request'))
    case 'reply': return acceptReply(host, only(incoming, 'reply'))
  }
}

const only = <K extends Route['kind']>(incoming: Incoming, ...kinds: readonly K[]): Incoming<Extract<Route, { kind: K }>> => {
  const [first, ...others] = incoming.routes.filter((route): route is Extract<Route, { kind: K }> => kinds.some((kind) => kind === route.kind))
  if (!first || others.length + 1 < incoming.routes.length) throw new Error('a transaction of several kinds')
  return { ...incoming, routes: [first, ...others] }
}
