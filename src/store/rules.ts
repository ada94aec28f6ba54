// What an account asks of its mail, beside the settings of its page: strangers, evidence.

import type { BurnLinkMode } from '../policy/burn-fields.ts'
import type { DigestEvery } from '../policy/digest.ts'
import type { StrangerMode } from '../policy/stranger.ts'
import type { Database, Tx } from './database.ts'

export type Rules = {
  readonly strangerMail: StrangerMode
  readonly strangerSubject: string | null
  readonly evidenceDays: number
  readonly burnLink: BurnLinkMode
  readonly banner: boolean
  readonly digest: DigestEvery
}

export const rulesOf = async (db: Database, accountId: string): Promise<Rules> => {
  const row = await db.selectFrom('account_settings').select(['strangers', 'stranger_subject', 'evidence_days', 'burn_link', 'banner', 'digest'])
    .where('account_id', '=', accountId).executeTakeFirstOrThrow()
  return {
    strangerMail: row.strangers as StrangerMode, strangerSubject: row.stranger_subject, evidenceDays: row.evidence_days,
    burnLink: row.burn_link as BurnLinkMode, banner: row.banner, digest: row.digest as DigestEvery,
  }
}

export type RulesChange = { readonly [K in keyof Rules]?: Rules[K] | undefined }

export const changeRules = async (tx: Tx | Database, accountId: string, change: RulesChange): Promise<void> => {
  const set = {
    ...(change.strangerMail !== undefined && { strangers: change.strangerMail }),
    ...(change.strangerSubject !== undefined && { stranger_subject: change.strangerSubject }),
    ...(change.digest !== undefined && { digest: change.digest }),
    ...(change.burnLink !== undefined && { burn_link: change.burnLink }),
    ...(change.banner !== undefined && { banner: change.banner }),
    ...(change.evidenceDays !== undefined && { evidence_days: change.evidenceDays }),
  }
  if (Object.keys(set).length > 0) await tx.updateTable('account_settings').set(set).where('account_id', '=', accountId).execute()
}
