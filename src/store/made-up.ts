// Domains whose addresses come to be by the mail to them: the rule, and how many there were today (UTC).

import { sql } from 'kysely'
import type { MadeUpMode, MadeUpRule } from '../policy/made-up.ts'
import type { Database, Tx } from './database.ts'

export type MadeUpDomain = MadeUpRule & {
  readonly id: string
  readonly name: string
  readonly accountId: string
  readonly defaultInboxId: string | null
  readonly aliasLimit: number | null
  readonly today: number
}

const dayOf = (now: Date): string => now.toISOString().slice(0, 10)

const rules = (db: Database | Tx, name: string, now: Date) => db.selectFrom('domains as d').innerJoin('account_settings as s', 's.account_id', 'd.account_id')
  .select(['d.id', 'd.name', 's.account_id', 's.default_inbox_id', 's.alias_limit', 'd.made_up', 'd.made_up_pattern', 'd.made_up_daily',
    sql<number>`case when d.made_up_day = ${dayOf(now)}::date then d.made_up_count else 0 end`.as('today')])
  .where('d.name', '=', name).where('d.made_up', '<>', 'off').where('s.suspended_at', 'is', null)
type Row = Awaited<ReturnType<ReturnType<typeof rules>['executeTakeFirstOrThrow']>>

const domainOfRow = (row: Row): MadeUpDomain => ({
  id: row.id, name: row.name, accountId: row.account_id, defaultInboxId: row.default_inbox_id, aliasLimit: row.alias_limit,
  mode: row.made_up as MadeUpMode, pattern: row.made_up_pattern, daily: row.made_up_daily, today: row.today,
})

/** Undefined: nothing is made there. */
export const madeUpDomain = async (db: Database, name: string, now: Date): Promise<MadeUpDomain | undefined> => {
  const row = await rules(db, name, now).executeTakeFirst()
  return row && domainOfRow(row)
}

/** The same, and nobody else makes one there to the end of the transaction. Not `for update`: an insert of an alias must not wait for it. */
export const lockMadeUpDomain = async (tx: Tx, name: string, now: Date): Promise<MadeUpDomain | undefined> => {
  const row = await rules(tx, name, now).forNoKeyUpdate('d').executeTakeFirst()
  return row && domainOfRow(row)
}

export const countMadeUp = async (tx: Tx, domainId: string, count: number, now: Date): Promise<void> => {
  await tx.updateTable('domains').set({ made_up_day: sql<Date>`${dayOf(now)}::date`, made_up_count: count }).where('id', '=', domainId).execute()
}

export const setFlooded = async (tx: Tx, aliasId: number): Promise<void> => {
  await tx.updateTable('aliases').set({ flooded: true }).where('id', '=', aliasId).execute()
}

export const letThrough = async (tx: Tx, aliasId: number): Promise<void> => {
  await tx.updateTable('aliases').set({ flooded: false }).where('id', '=', aliasId).execute()
}

export const isRetired = async (db: Database, hash: Buffer): Promise<boolean> =>
  await db.selectFrom('retired_addresses').select('address_hash').where('address_hash', '=', hash).executeTakeFirst() !== undefined

export const setMadeUp = async (db: Database, domain: { readonly accountId: string; readonly name: string }, rule: MadeUpRule): Promise<void> => {
  await db.updateTable('domains').set({ made_up: rule.mode, made_up_pattern: rule.pattern, made_up_daily: rule.daily })
    .where('name', '=', domain.name).where('account_id', '=', domain.accountId).execute()
}
