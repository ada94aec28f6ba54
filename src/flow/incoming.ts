// What comes in at DATA, and what can be answered to it.

import type { ReversePath } from '../mail/address.ts'
import type { Content } from '../mail/content.ts'
import type { Route } from '../policy/decide.ts'
import type { Judgement } from '../policy/judge.ts'
import type { ScreenVerdict } from '../policy/screen.ts'
import type { SpamVerdict } from '../policy/spam.ts'
import type { Protocol } from '../store/messages.ts'

export type Incoming = {
  readonly reversePath: ReversePath
  readonly helo: string
  readonly clientIp: string
  readonly protocol: Protocol
  readonly smtpUtf8: boolean
  /** When the final dot came; the clock of cut-through starts here. */
  readonly receivedAt: Date
  readonly routes: readonly [Route, ...Route[]]
  readonly content: Content
}

export type Acceptance =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reason: RefusedVerdict['reason'] | 'not-accepted' | 'holding-full' }

type RefusedVerdict = Extract<ScreenVerdict | Judgement | SpamVerdict, { kind: 'refuse' }>
