// What a signed-in mail program may do: write to the reverse aliases of its alias, and to anybody outside, who becomes a correspondent.

import type { Mailbox } from '../mail/address.ts'
import type { AliasFact, Refusal, Route } from '../policy/decide.ts'
import type { Host } from './host.ts'
import type { Acceptance, Incoming } from './incoming.ts'

export const routeSubmission = async (_host: Host, _alias: AliasFact, _recipient: Mailbox): Promise<Route | Refusal> =>
  ({ kind: 'reject', reason: 'reverse-alias' })

export const acceptSubmission = async (_host: Host, _alias: AliasFact, _incoming: Incoming): Promise<Acceptance> =>
  ({ kind: 'refused', reason: 'not-accepted' })
