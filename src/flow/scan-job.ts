// What the thread of the scan and the rest of the process say to each other.
import type { Mailbox } from '../mail/address.ts'
import type { Secrets } from '../policy/leak.ts'
import type { LeakScan } from '../policy/leak-scan.ts'

export type ScanJob = {
  readonly header: Uint8Array
  /** Has a buffer of its own, which goes to the thread. */
  readonly body: Uint8Array<ArrayBuffer>
  readonly alias: Mailbox
  readonly secrets: Secrets
}
export type FromThread =
  /** Reverse aliases that stand in the reply: whose are they? */
  | { readonly kind: 'names'; readonly reverseAliases: readonly Mailbox[] }
  | { readonly kind: 'done'; readonly scan: LeakScan }
  | { readonly kind: 'failed'; readonly why: string }
export type ToThread =
  | { readonly kind: 'scan'; readonly job: ScanJob }
  | { readonly kind: 'names'; readonly names: readonly (readonly [Mailbox, Mailbox | undefined])[] }
