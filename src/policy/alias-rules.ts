// What the owner of an alias asked for beside its state: whom it was given to, and what becomes of the mail of others.

import type { BurnLinkMode } from './burn-fields.ts'
import type { Expectation, StrangerMode } from './stranger.ts'

export type AliasRules = Expectation & {
  /** Undefined: everybody may write to it (postmaster, abuse). */
  readonly strangers: StrangerMode | undefined
  /** In front of the subject of a stranger's mail. */
  readonly strangerSubject: string | null
  /** How long the header of somebody's first message is kept; 0: not at all. */
  readonly evidenceDays: number
  /** Whose List-Unsubscribe the forwards have. */
  readonly burnLink: BurnLinkMode
  /** A line on top of the body of each forward, with links to burn and manage the alias. */
  readonly banner: boolean
  /** It burns when they write again in that time. */
  readonly burnIf: { readonly organisation: string; readonly since: Date; readonly until: Date } | null
  /** Mail that goes to many is held. */
  readonly quiet: boolean
  readonly endsAt: Date | null
  /** Messages that it takes before it burns. */
  readonly endsLeft: number | null
  /** It was made by mail when enough of that day had been. */
  readonly flooded?: boolean
}
