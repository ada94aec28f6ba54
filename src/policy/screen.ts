// What a message is refused or held for whatever its alias does: sizes before any library, loops, a From that nobody can judge, reports.
import type { Mailbox, ReversePath } from '../mail/address.ts'
import { isReport } from '../mail/dsn.ts'
import { soleFrom } from '../mail/from.ts'
import type { HeaderViolation } from '../mail/header-limits.ts'
import type { Field } from '../mail/header.ts'
import { hasPassed, maxReceived, receivedCount } from '../mail/trace.ts'

export type ScreenFacts = {
  readonly reversePathKind: ReversePath['kind']
  readonly headerViolation: HeaderViolation | undefined
  readonly fields: readonly Field[] // may be empty when there is a violation
  readonly aliases: readonly Mailbox[] // the ones that this transaction leads through
  readonly isVerp: boolean // to our VERP addresses: never judged by its From
}

export type ScreenVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'hold'; readonly reason: 'report' }
  | { readonly kind: 'refuse'; readonly reason: 'header-too-large' | 'loop' | 'unjudgeable-from' }

export const screen = (facts: ScreenFacts): ScreenVerdict => {
  if (facts.headerViolation !== undefined) return { kind: 'refuse', reason: 'header-too-large' }
  if (receivedCount(facts.fields) > maxReceived || facts.aliases.some((alias) => hasPassed(facts.fields, alias))) {
    return { kind: 'refuse', reason: 'loop' }
  }
  if (facts.isVerp) return { kind: 'pass' }
  if (soleFrom(facts.fields) === undefined) return { kind: 'refuse', reason: 'unjudgeable-from' }
  return facts.reversePathKind === 'null' && isReport(facts.fields) ? { kind: 'hold', reason: 'report' } : { kind: 'pass' }
}
