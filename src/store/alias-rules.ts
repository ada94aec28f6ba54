// The columns of the rules of an alias in the look-up at RCPT and at each attempt (routes.ts), so that they cost no query of their own.

import { sql } from 'kysely'
import type { BurnLinkMode } from '../policy/burn-fields.ts'
import type { AliasRules } from '../policy/alias-rules.ts'
import type { ExpectedSender, StrangerMode } from '../policy/stranger.ts'

export type AliasRuleRow = {
  readonly system: boolean
  readonly site: string | null
  readonly learned: number
  readonly learning_since: Date
  readonly strangers: StrangerMode
  readonly stranger_subject: string | null
  readonly evidence_days: number
  readonly burn_link: BurnLinkMode
  readonly banner: boolean
  readonly burn_if_organisation: string | null
  readonly burn_if_since: Date | null
  readonly burn_if_until: Date | null
  readonly quiet: boolean
  readonly ends_at: Date | null
  readonly ends_left: number | null
  readonly flooded: boolean
  readonly expected: readonly ExpectedSender[] | null
}

/** Of `a`, the alias, and `s`, the settings of its account. */
export const aliasRuleColumns = sql`a.system, a.learned, coalesce(a.learning_since, a.created_at) as learning_since,
  coalesce(a.strangers, s.strangers) as strangers, s.stranger_subject, s.evidence_days, s.burn_link, s.banner,
  a.burn_if_organisation, a.burn_if_since, a.burn_if_until, a.quiet, a.ends_at, a.ends_left, a.flooded,
  (select json_agg(json_build_object('kind', e.kind, 'name', e.name, 'origin', e.origin, 'unproven', e.unproven))
     from expected_senders e where e.alias_id = a.id) as expected`

export const aliasRules = (row: AliasRuleRow): AliasRules => ({
  site: row.site, expected: row.expected ?? [], learningSince: row.learning_since, learned: row.learned,
  strangers: row.system ? undefined : row.strangers, strangerSubject: row.stranger_subject, evidenceDays: row.evidence_days,
  burnLink: row.burn_link, banner: row.banner, quiet: row.quiet, endsAt: row.ends_at, endsLeft: row.ends_left, flooded: row.flooded,
  burnIf: row.burn_if_organisation === null ? null : { organisation: row.burn_if_organisation, since: row.burn_if_since!, until: row.burn_if_until! },
})
