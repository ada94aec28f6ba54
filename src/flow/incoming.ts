// What comes in at DATA, and what can be answered to it.

import type { ReversePath } from '../mail/address.ts'
import type { Content } from '../mail/content.ts'
import type { Route } from '../policy/decide.ts'
import type { Judgement } from '../policy/judge.ts'
import type { PermissionRefusal } from '../policy/reply-permission.ts'
import type { ScreenVerdict } from '../policy/screen.ts'
import type { SpamVerdict } from '../policy/spam.ts'
import type { Protocol } from '../store/messages.ts'

export type Incoming<R extends Route = Route> = {
  readonly reversePath: ReversePath
  readonly helo: string
  readonly clientIp: string
  readonly protocol: Protocol
  readonly smtpUtf8: boolean
  /** When the final dot came; the clock of cut-through starts here. */
  readonly receivedAt: Date
  readonly routes: readonly [R, ...R[]]
  readonly content: Content
  /** From an address of this host: its owner was proven, we signed it, and nobody's server waits for its delivery. */
  readonly isOurs?: true
}

export type Acceptance =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: RefusedVerdict['reason'] | ReplyRefusal | 'not-accepted' | 'holding-full' | 'make-up-late' }
  /** The server of the correspondent refused a reply, in these words. */
  | { readonly kind: 'passed-back'; readonly said: string }

export type ReplyRefusal = PermissionRefusal | 'reply-outside' | 'too-many-replies' | 'too-many-correspondents'

type RefusedVerdict = Extract<ScreenVerdict | Judgement | SpamVerdict, { kind: 'refuse' }>
